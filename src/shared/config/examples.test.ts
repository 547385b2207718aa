import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintExperiment } from './lintExperiment.ts';
import { parseExperiment } from './parseExperiment.ts';

const folder = join(import.meta.dirname, '../../../examples');
const examples = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.asr.yaml'),
);

test('there are examples', () => {
  expect(examples).toEqual(expect.arrayContaining(['an4.asr.yaml', 'demo.asr.yaml', 'digits.asr.yaml']));
});

test.each(examples)('%s has no problem and nothing unwise', (name) => {
  const parsed = parseExperiment(readFileSync(join(folder, name), 'utf8'), name);
  expect(parsed.problems).toEqual([]);
  // Hints explain what a key does not say; they blame nothing.
  const unwise = lintExperiment(parsed, name).filter(({ severity }) => severity !== 'info');
  // What is learned by heart is scored on itself, afterwards.
  expect(unwise.map(({ code }) => code)).toEqual(name.endsWith('pieces.asr.yaml') ? ['no-dev'] : []);
});
