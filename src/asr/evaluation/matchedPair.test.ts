import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchedPair, normalTail } from './matchedPair.ts';

test('few differences: mean over standard error by hand, and the exact share of signs', () => {
  // Mean −0.4, variance 0.8, standard error 0.4; of the 16 signs of four ones 6 give the sum 0, the others ±2 or ±4.
  expect(matchedPair([-1, -1, -1, 0, 1])).toEqual({ p: 0.625, method: 'sign-flip', z: expect.closeTo(-1, 12) });
  // Only the two choices with all signs alike reach the sum 6 of 1 + 2 + 3.
  expect(matchedPair([1, 2, 3]).p).toBe(0.25);
  expect(matchedPair([2, 2, 2, 2, 2, 2])).toEqual({ p: 2 / 64, method: 'sign-flip', z: null });
  expect(matchedPair([0, 0, 0])).toEqual({ p: 1, method: 'sign-flip', z: 0 });
  expect(matchedPair([])).toEqual({ p: 1, method: 'sign-flip', z: 0 });
});

test('many differences: two-sided tail of the normal distribution', () => {
  const differences = [...new Array<number>(40).fill(-1), ...new Array<number>(20).fill(1)];
  // Mean −1/3, variance (60 − 60/9)/59; z and p by Python's math.erfc.
  const { p, method, z } = matchedPair(differences);
  expect(method).toBe('normal');
  expect(z).toBeCloseTo(-2.7156951, 6);
  expect(p).toBeCloseTo(0.0066137, 6);
});

test('the tail of the normal distribution is that of its table', () => {
  for (const [z, tail] of [
    [0, 0.5],
    [1.959964, 0.025],
    [2.575829, 0.005],
    [4.753424, 1e-6],
  ] as const)
    expect(Math.abs(normalTail(z) / tail - 1)).toBeLessThan(1e-5);
});

test('the exact share is that of trying all signs', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 9 }), (differences) => {
      const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
      let reached = 0;
      for (let signs = 0; signs < 2 ** differences.length; signs++) {
        const sum = differences.reduce((total, value, i) => total + (signs & (1 << i) ? value : -value), 0);
        if (Math.abs(sum) >= observed) reached++;
      }
      expect(matchedPair(differences).p).toBeCloseTo(reached / 2 ** differences.length, 12);
    }),
  );
});
