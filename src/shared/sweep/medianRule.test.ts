import { expect, it } from 'vitest';
import { defaultGrace, missedMedian } from './medianRule.ts';

const rule = { graceEpochs: 2, leastFinished: 2 };
const finished = [
  [1, 0.8, 0.4, 0.2, 0.1, 0.1],
  [1, 0.6, 0.2, 0.1, 0.1, 0.1],
];

it('gives up what is worse than the median of the means of the finished trials, and nothing that equals it', () => {
  // Means up to the third epoch: 0.7333 and 0.6; up to the second: 0.9 and 0.8.
  expect(missedMedian([1, 1, 0.7], finished, 6, rule)).toBeCloseTo((2.2 / 3 + 0.6) / 2);
  expect(missedMedian([1, 0.6, 0.9], finished, 6, rule)).toBeUndefined();
  const bar = missedMedian([1, 1], finished, 6, rule)!;
  expect(bar).toBeCloseTo(0.85);
  expect(missedMedian([1, bar], finished, 6, rule)).toBeUndefined();
});

it('an odd number of finished trials has one in the middle', () => {
  expect(missedMedian([1, 1], [...finished, [1, 0.2, 0.1]], 6, rule)).toBeCloseTo(0.8);
});

it('lets a trial be within its grace period, at its last epoch, and while too few have finished', () => {
  expect(missedMedian([1], finished, 6, rule)).toBeUndefined();
  expect(missedMedian([1, 1, 1, 1, 1, 1], finished, 6, rule)).toBeUndefined();
  expect(missedMedian([1, 1, 1], finished.slice(0, 1), 6, rule)).toBeUndefined();
});

it('nothing is given up while nothing is recognised by any', () => {
  expect(missedMedian([1, 1, 1], [Array(6).fill(1), Array(6).fill(1)], 6, rule)).toBeUndefined();
});

it('the grace period is a third of the epochs, at least two', () => {
  expect([1, 6, 7, 40].map(defaultGrace)).toEqual([2, 2, 3, 14]);
});
