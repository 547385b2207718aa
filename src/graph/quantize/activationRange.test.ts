import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { type ActivationHistogram, createHistogram, HISTOGRAM_BINS, observe } from './activationHistogram.ts';
import { activationOf, entropyBins, limitOf, percentileBins } from './activationRange.ts';
import { quantizeWeights } from './quantizeWeights.ts';

test('weights: by hand, nothing off by more than half a step, and a channel of zeros', () => {
  const { values, scales } = quantizeWeights(Float32Array.of(1, -2, 0, 0, 0.5, 12.7), 3, (i) => i >> 1);
  expect([...scales].map((scale) => Number(scale.toFixed(6)))).toEqual([0.015748, 1, 0.1]);
  expect([...values]).toEqual([64, -127, 0, 0, 5, 127]);
  expect(() => quantizeWeights(Float32Array.of(Number.NaN), 1, () => 0)).toThrow('not finite');
});

test('a histogram that grew counts as one of the final width from the start', () => {
  const random = createRandom('histogram');
  const grown = createHistogram();
  const all: number[] = [];
  for (const factor of [0, 0.1, 3, 1, 40]) {
    const data = Float32Array.from({ length: 500 }, () => factor * random.normal());
    all.push(...data);
    observe(grown, data);
  }
  const direct = new Float64Array(HISTOGRAM_BINS);
  for (const value of all) direct[Math.floor(Math.abs(value) / grown.width)]!++;
  expect([...grown.counts]).toEqual([...direct]);
  expect(grown.greatest).toBe(Math.max(...all));
  expect(grown.least).toBe(Math.min(...all));
  observe(grown, Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY));
  expect([...grown.counts]).toEqual([...direct]);
});

test('percentile: by hand', () => {
  const counts = Float64Array.of(90, 0, 9, 0, 1);
  expect(percentileBins(counts, 0.9)).toBe(1);
  expect(percentileBins(counts, 0.95)).toBe(3);
  expect(percentileBins(counts, 0.99)).toBe(3);
  expect(percentileBins(counts, 0.999)).toBe(5);
});

/** The published procedure word by word, without the sharing of sums. */
function divergence(counts: number[], used: number, levels: number): number {
  const reference = counts.slice(0, used);
  const outliers = counts.slice(used).reduce((a, b) => a + b, 0);
  const p = reference.map((count, i) => count + (i === used - 1 ? outliers : 0));
  const q = reference.map((_, i) => {
    const level = Array.from({ length: levels }, (__, l) => l).findLast((l) => Math.floor((l * used) / levels) <= i)!;
    const members = reference.slice(Math.floor((level * used) / levels), Math.floor(((level + 1) * used) / levels));
    const filled = members.filter((count) => count > 0).length;
    return reference[i]! > 0 ? members.reduce((a, b) => a + b, 0) / filled : 0;
  });
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return sum(
    p.map((value, i) => {
      if (value === 0) return 0;
      return q[i] === 0 ? Number.POSITIVE_INFINITY : (value / sum(p)) * Math.log(value / sum(p) / (q[i]! / sum(q)));
    }),
  );
}

test('entropy: the cut with the least divergence, found by trying all', () => {
  const random = createRandom('entropy');
  for (let trial = 0; trial < 20; trial++) {
    const counts = Array.from({ length: 24 }, (_, i) => Math.floor(200 * Math.exp(-i / (2 + trial)) * random.next()));
    counts[0] = counts[1]!;
    counts[23] = 1; // a lone outlier
    const cuts = Array.from({ length: 24 - 8 + 1 }, (_, i) => 8 + i);
    const least = Math.min(...cuts.map((used) => divergence(counts, used, 8)));
    const found = entropyBins(Float64Array.from(counts), 8);
    expect(divergence(counts, found, 8)).toBeCloseTo(least, 9);
  }
});

test('ranges: 256 steps where nothing is negative, else symmetric; an outlier ends minmax alone', () => {
  const random = createRandom('ranges');
  const histogram: ActivationHistogram = createHistogram();
  observe(
    histogram,
    Float32Array.from({ length: 100_000 }, () => Math.abs(random.normal())),
  );
  observe(histogram, Float32Array.of(80));
  expect(limitOf(histogram, 'minmax')).toBe(80);
  // 99.99 % of |N(0, 1)| lie below 3.89, and a bin is 80 / 2048 wide or up to twice that.
  expect(limitOf(histogram, 'percentile')).toBeGreaterThan(3.5);
  expect(limitOf(histogram, 'percentile')).toBeLessThan(4.4);
  expect(limitOf(histogram, 'entropy')).toBeLessThan(20);
  expect(activationOf(histogram, 'minmax')).toEqual({ scale: 80 / 255, zeroPoint: 0 });
  observe(histogram, Float32Array.of(-0.5));
  expect(activationOf(histogram, 'minmax')).toEqual({ scale: 80 / 127, zeroPoint: 128 });
  expect(activationOf(createHistogram(), 'percentile')).toEqual({ scale: 1, zeroPoint: 0 });
});
