import { expect, it } from 'vitest';
import { createModelMean, type KeptEpoch, keepEpoch } from './averaging.ts';

const epochs = [0.9, 0.5, 0.5, 0.7, 0.4].map((metric, epoch) => ({ epoch, metric, loss: epoch === 1 ? 2 : 1 }));
const kept = (counts: { averageLast: number; averageBest: number }) =>
  epochs.reduce<KeptEpoch[]>((list, ended) => keepEpoch(list, ended, counts), []).map(({ epoch }) => epoch);

it('keeps the last epochs, or the best by metric and loss', () => {
  expect(kept({ averageLast: 3, averageBest: 0 })).toEqual([2, 3, 4]);
  expect(kept({ averageLast: 0, averageBest: 3 })).toEqual([4, 2, 1]);
});

it('counts an epoch once that is trained again after a crash', () => {
  const [first, second] = epochs as [KeptEpoch, KeptEpoch];
  expect(keepEpoch([first, second], second, { averageLast: 2, averageBest: 0 })).toEqual([first, second]);
});

it('is the mean of weights and running statistics', () => {
  const mean = createModelMean();
  for (const value of [1, 2, 6])
    mean.add({ parameters: Float32Array.of(value, 0.1), buffers: Float32Array.of(-value) });
  expect(mean.count).toBe(3);
  expect(mean.result()).toEqual({ parameters: Float32Array.of(3, 0.1), buffers: Float32Array.of(-3) });
});
