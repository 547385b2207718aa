import { expect, it } from 'vitest';
import { initialState, restoreState } from './viewState.ts';

it('what a page has kept is checked', () => {
  expect(restoreState(undefined)).toEqual(initialState);
  expect(restoreState({ xAxis: 'epoch', chosen: ['/r'] })).toEqual({ ...initialState, xAxis: 'epoch', chosen: ['/r'] });
  expect(restoreState({ xAxis: 'colour' })).toEqual(initialState);
  expect(restoreState({ smoothing: 7 }).smoothing).toBe(0.99);
});
