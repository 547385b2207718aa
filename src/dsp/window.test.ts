import { expect, test } from 'vitest';
import { hannWindow } from './window.ts';

test('is periodic: two copies half a window apart add up to 1', () => {
  const window = hannWindow(400, 400);
  for (let i = 0; i < 200; i++) expect(window[i]! + window[i + 200]!).toBeCloseTo(1, 14);
  expect(window[0]).toBe(0);
  expect(window[200]).toBe(1);
});

test('sits in the middle of a longer FFT, the odd zero on the right', () => {
  const window = hannWindow(5, 8);
  expect([...window].map((value) => value > 0)).toEqual([false, false, true, true, true, true, false, false]);
});

test('one sample is a window of 1', () => {
  expect([...hannWindow(1, 4)]).toEqual([0, 1, 0, 0]);
});
