import { expect, test } from 'vitest';
import { parseExperiment } from './parseExperiment.ts';
import { renderExperiment } from './renderExperiment.ts';

const resolve = (text: string) => parseExperiment(text, 'x').experiment!;

test('what is rendered parses to the same experiment', () => {
  const experiment = resolve(
    'name: a-b\ndata: { train: ["a b.jsonl", "é #1.jsonl", "- x"], dev: [] }\ntext: { case: lower, keep: "abc\'\\" :#" }\noptimizer: { clipNorm: null }',
  );
  expect(resolve(renderExperiment(experiment))).toEqual(experiment);
});

test('every key is written out, one section or short group to a line', () => {
  const text = renderExperiment(resolve('data: { train: [a.jsonl] }'));
  expect(text).toContain('seed: 1\n');
  expect(text).toContain('data: { train: [ a.jsonl ], dev: [], maxDurationSec: 20 }\n');
  expect(text).toContain('  timeMasks: { count: 2, maxMs: 100, maxShare: 0.3 }\n');
  expect(text).toContain('  rnn: { cell: lstm, hiddenSize: 256, layers: 2, bidirectional: true, projection: 256 }\n');
});

test('rendering is stable', () => {
  const once = renderExperiment(resolve('data: { train: [a.jsonl] }'));
  expect(renderExperiment(resolve(once))).toBe(once);
});
