import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { binRange, countInBins, planBins } from './histogram.ts';

test('bins are round, and one stray value does not stretch them', () => {
  const values = [...Array.from({ length: 999 }, (_, i) => (i % 100) / 10), 5000];
  const bins = planBins(values);
  expect(bins).toEqual({ from: 0, width: 0.5, bins: 20 });
  const { counts, above } = countInBins(values, bins);
  expect(above).toBe(1);
  expect(counts.reduce((a, b) => a + b)).toBe(1000);
});

test('levels below zero have bins too', () => {
  const bins = planBins([-43.2, -20, -31], false);
  expect(bins.from).toBeLessThanOrEqual(-43.2);
  expect(countInBins([-43.2, -20, -31], bins).counts.reduce((a, b) => a + b)).toBe(3);
});

test('what a bin counts is what its range holds, at the edges too', () => {
  const random = createRandom('histogram', 1);
  for (const width of [0.1, 0.3, 0.7, 20]) {
    const values = Array.from({ length: 400 }, (_, i) =>
      i % 3 === 0 ? random.below(60) * width : random.next() * 60 * width,
    );
    const histogram = countInBins(values, { from: 0, width, bins: 24 });
    histogram.counts.forEach((count, bin) => {
      const { from, to } = binRange(histogram, bin);
      expect(values.filter((value) => value >= from && value < to)).toHaveLength(count);
    });
  }
});

test.each([[[]], [[0]], [[3]], [[1e-12]]])('%j has a bin', (values) => {
  const { counts } = countInBins(values, planBins(values));
  expect(counts.reduce((a, b) => a + b)).toBe(values.length);
});
