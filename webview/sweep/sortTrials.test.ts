import { expect, it } from 'vitest';
import type { ShownTrial } from '../../src/shared/protocol/sweep.ts';
import { type Column, sortTrials } from './sortTrials.ts';

const trial = (number: number, wer: number | null, value: string, state: ShownTrial['state'] = 'done'): ShownTrial => ({
  ...{ number, values: [value], state, epochs: 4, wers: [], wer, cer: null, durationMs: 10 - number },
});
const trials = [trial(1, 0.5, '1e-2'), trial(2, null, '3e-4', 'waiting'), trial(3, 0.2, '0.001', 'running')];
const order = (column: Column, descending = false) =>
  sortTrials(trials, { column, descending }).map(({ number }) => number);

it('sorts figures as numbers, also where they are written in another way', () => {
  expect(order('wer')).toEqual([3, 1, 2]);
  expect(order('key0')).toEqual([2, 3, 1]);
  expect(order('key0', true)).toEqual([1, 3, 2]);
  expect(order('time')).toEqual([3, 2, 1]);
});

it('trials without a score come last either way, equal ones by number', () => {
  expect(order('wer', true)).toEqual([1, 3, 2]);
  expect(order('cer', true)).toEqual([1, 2, 3]);
  expect(order('state')).toEqual([3, 1, 2]);
});
