import { expect, it } from 'vitest';
import { parseExperiment } from '../config/parseExperiment.ts';
import { planGrid, planRandom } from './planTrials.ts';
import { proposeValues, sweepableKeys, workingProposals } from './proposeValues.ts';
import { parseSweepKey } from './sweepKeys.ts';

const proposed = (path: string, current?: string) =>
  proposeValues(sweepableKeys().find((key) => key.path === path)!, current).map(({ values }) => values);

it('begins with what tells most, and leaves out what has nothing to compare', () => {
  const paths = sweepableKeys().map(({ path }) => path);
  expect(paths.slice(0, 2)).toEqual(['optimizer.learningRate', 'model.dropout']);
  expect(paths).toContain('features.normalization');
  for (const path of ['name', 'version', 'data.train', 'training.device', 'decoding.type', 'model.blocks[].channels'])
    expect(paths).not.toContain(path);
});

it('proposes by the kind of key, around what it is now', () => {
  expect(proposed('optimizer.learningRate', '0.003')).toEqual([
    '0.001,0.003,0.009',
    '3e-4,0.001,0.003,0.009,0.03',
    '3e-4..0.03:log',
  ]);
  expect(proposed('optimizer.learningRate', '0.0007')[0]).toBe('2e-4,7e-4,0.002');
  expect(proposed('model.dropout', '0.3')[0]).toBe('0.2,0.3,0.4');
  expect(proposed('model.dropout', '0')[0]).toBe('0,0.1');
  expect(proposed('model.rnn.layers', '2')).toEqual(['1,2,3']);
  expect(proposed('model.rnn.hiddenSize', '256')).toEqual(['128,256,512']);
  expect(proposed('training.batchSeconds', '"auto"')).toEqual(['20,40,80']);
  expect(proposed('model.convolutionsPerBlock')).toEqual(['1,2']);
  expect(proposed('schedule.type')[0]).toContain('plateau');
});

it('what is proposed works in the config at hand', () => {
  const text = 'data: { train: [a.jsonl], dev: [b.jsonl] }\n';
  let count = 0;
  for (const key of sweepableKeys())
    for (const { values, drawn } of workingProposals(text, key, undefined)) {
      const parsed = parseSweepKey(`${key.path}=${values}`, () => false);
      for (const [value] of drawn ? planRandom([parsed], 4, 1) : planGrid([parsed])) {
        const { experiment } = parseExperiment(text, 'x', [`${key.path}=${value}`]);
        expect(experiment, `${key.path}=${value}`).toBeDefined();
        count++;
      }
    }
  expect(count).toBeGreaterThan(100);
  const kernel = sweepableKeys().find(({ path }) => path === 'model.attention.locationKernel')!;
  expect(proposeValues(kernel, '31')[0]!.values).toBe('16,31,62');
  // Only odd kernels have a middle.
  expect(workingProposals(text, kernel, '31')).toEqual([]);
});
