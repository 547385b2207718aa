import { expect, test } from 'vitest';
import { powersIn, ticksIn, tickText } from './ticks.ts';

test('ticks are round, within the range, and not too many', () => {
  expect(ticksIn(0, 40, 8)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40]);
  expect(ticksIn(0, 0.001, 5)).toEqual([0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]);
  expect(ticksIn(-97, 97, 6)).toEqual([-50, 0, 50]);
  expect(ticksIn(3, 3, 5)).toEqual([3]);
});

test('small and large numbers are written short', () => {
  expect([0, 0.0002, 0.5, 8000, 2e6, -50].map(tickText)).toEqual(['0', '2e−4', '0.5', '8000', '2e6', '−50']);
});

test('a logarithmic axis has powers of ten', () => {
  expect(powersIn(-6.2, 0.1, 8)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
  expect(powersIn(-6.2, 0.1, 4)).toEqual([1e-6, 1e-4, 1e-2, 1]);
});
