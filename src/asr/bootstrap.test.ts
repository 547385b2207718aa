import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { errorRateInterval95 } from './bootstrap.ts';
import type { ErrorCounts } from './errorRate.ts';

const counts = (errors: number, reference: number): ErrorCounts => ({
  substitutions: errors,
  deletions: 0,
  insertions: 0,
  reference,
});

test('no variation, no width; no utterance, zero', () => {
  expect(errorRateInterval95(Array.from({ length: 50 }, () => counts(1, 4)))).toEqual([0.25, 0.25]);
  expect(errorRateInterval95([])).toEqual([0, 0]);
});

test('the interval has the width of the normal approximation, and is the same each time', () => {
  const random = createRandom('test', 1);
  const utterances = Array.from({ length: 400 }, () => counts(random.next() < 0.2 ? 1 : 0, 1));
  const mean = utterances.reduce((sum, { substitutions }) => sum + substitutions, 0) / 400;
  const half = 1.96 * Math.sqrt((mean * (1 - mean)) / 400);
  const [low, high] = errorRateInterval95(utterances);
  // The bootstrap's own noise with 1000 draws is about 5 % of the half-width per end.
  expect(Math.abs(low - (mean - half))).toBeLessThan(0.2 * half);
  expect(Math.abs(high - (mean + half))).toBeLessThan(0.2 * half);
  expect(errorRateInterval95(utterances)).toEqual([low, high]);
});

test('errors that hang together by speaker widen the interval; few speakers are not resampled', () => {
  const utterances = Array.from({ length: 200 }, (_, i) => counts(i < 40 ? 1 : 0, 1));
  const speakers = utterances.map((_, i) => `s${Math.floor(i / 20)}`);
  const width = ([low, high]: [number, number]) => high - low;
  expect(width(errorRateInterval95(utterances, speakers))).toBeGreaterThan(2 * width(errorRateInterval95(utterances)));
  const two = utterances.map((_, i) => `s${i % 2}`);
  expect(errorRateInterval95(utterances, two)).toEqual(errorRateInterval95(utterances));
});
