import { expect, it } from 'vitest';
import { curvePoints } from './wordErrorCurve.ts';

it('goes from the left to where the trial is, on a scale that all trials share', () => {
  expect(curvePoints([1, 0.5, 0], 5)).toEqual([
    { x: 1, y: 1 },
    { x: 24.5, y: 10 },
    { x: 48, y: 19 },
  ]);
  expect(curvePoints([1.4], 1)).toEqual([
    { x: 1, y: 1 },
    { x: 3, y: 1 },
  ]);
  expect(curvePoints([], 4)).toEqual([]);
});
