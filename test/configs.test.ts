import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { correctRecipe } from '../src/asr/lint/correctRecipe.ts';
import { experimentRules } from '../src/asr/lint/experimentRules.ts';
import { lintExperiment } from '../src/shared/config/lintExperiment.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';

const folder = join(import.meta.dirname, 'fixtures/configs');
const configs = readdirSync(folder).filter((name) => name.endsWith('.asr.yaml'));
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

function problemsOf(text: string) {
  const parsed = parseExperiment(text, 'x.asr.yaml');
  return [...parsed.problems, ...lintExperiment(parsed, 'x.asr.yaml', experimentRules)];
}
const codesOf = (text: string) => problemsOf(text).map(({ code }) => code);

test('there are at least forty, and every rule has one', () => {
  expect(configs.length).toBeGreaterThanOrEqual(40);
  const fired = new Set(configs.flatMap((name) => codesOf(textOf(name))));
  expect(experimentRules.map(({ code }) => code).filter((code) => !fired.has(code))).toEqual([]);
});

test.each(configs)('%s has the problems that its first line says', (name) => {
  const text = textOf(name);
  const expected = /^# expect:(.*)/.exec(text)![1]!.trim().split(/\s+/).filter(Boolean);
  const problems = problemsOf(text);
  expect(problems.map(({ code }) => code).sort()).toEqual(expected);
  const lines = text.split(/\r?\n/);
  for (const { line, column, endLine, endColumn, message } of problems) {
    // The place is a word of the file, not its start for want of a better one.
    expect(lines[line! - 1]!.slice(column! - 1, endLine === line ? endColumn! - 1 : undefined), message).toMatch(/\S/);
    expect(line).toBeGreaterThan(1);
  }
});

test.each(configs)('%s, corrected, has nothing left that could be corrected, and its comments', (name) => {
  const before = textOf(name);
  const { text, keys } = correctRecipe(before);
  const problems = problemsOf(text).filter(({ fix }) => fix?.set);
  expect(problems).toEqual([]);
  if (Object.keys(keys).length === 0) expect(text).toBe(before);
  else expect(problemsOf(text).filter(({ severity }) => severity === 'error')).toEqual([]);
  const commentsIn = (source: string) => source.match(/(?<=^|\s)#.*/gm);
  expect(commentsIn(text)).toEqual(commentsIn(before));
});

test('the recipe of the article is mended where it stands', () => {
  const { text, keys } = correctRecipe('preset: article # as it is\ndata: { train: [a.jsonl], dev: [b.jsonl] }\n');
  expect(keys).toEqual({
    'features.hopSamples': '160',
    'model.blocks':
      '[{ channels: 64, pool: [2, 2] }, { channels: 128, pool: [2, 2] }, { channels: 256, pool: [1, 2] }]',
    'features.reference': 'fixed',
    'features.normalization': 'global',
    'features.windowSamples': '400',
    'model.rnn.projection': '256',
    'training.epochs': '150',
  });
  expect(text).toMatch(/^preset: article # as it is\ndata: \{ train: \[a\.jsonl\], dev: \[b\.jsonl\] \}\nfeatures:\n/);
  // What is left are remarks: what the product corrects by itself, and what has no remedy to apply.
  expect(problemsOf(text).filter(({ severity }) => severity !== 'info')).toEqual([]);
});
