import { expect, test } from 'vitest';
import { applySet } from './applySet.ts';
import { configKeys } from './configKeys.ts';
import { parseExperiment } from './parseExperiment.ts';
import { suggestedValues } from './suggestedValues.ts';

/** What a value needs beside it. */
const beside: Record<string, string> = {
  'loss.ctcWeight': 'model: { attention: { enabled: true } }',
  'features.fftSize': 'features: { windowSamples: 200 }',
};

test.each(Object.entries(suggestedValues))('what is suggested for %s is a key and can be used', (path, values) => {
  expect(configKeys().map((key) => key.path)).toContain(path);
  for (const { value, reason } of values) {
    const base = `data: { train: [a.jsonl], dev: [b.jsonl] }\n${beside[path] ?? ''}\n`;
    expect(parseExperiment(applySet(base, `${path}=${value}`), 'x').problems, value).toEqual([]);
    expect(reason).not.toBe('');
  }
});
