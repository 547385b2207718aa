import { expect, it } from 'vitest';
import { percentile, summarizeNorms } from './gradientNorms.ts';

it('interpolates as numpy.percentile', () => {
  const values = [3, 1, 10, 2];
  // numpy.percentile([3, 1, 10, 2], [0, 10, 50, 90, 100])
  const expected = [1, 1.3, 2.5, 7.9, 10];
  for (const [i, share] of [0, 0.1, 0.5, 0.9, 1].entries())
    expect(percentile(values, share)).toBeCloseTo(expected[i]!, 12);
});

it('counts the clipped', () => {
  expect(summarizeNorms([0.5, 1, 2, 3], 1)).toMatchObject({ steps: 4, clippedShare: 0.5 });
  expect(summarizeNorms([0.5, 1, 2, 3], null).clippedShare).toBe(0);
});
