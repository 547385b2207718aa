import { expect, it } from 'vitest';
import type { BatchUtterance } from '../../../src/shared/run/batchLines.ts';
import { sortUtterances } from './utteranceRows.ts';

const utterance = (audioFilepath: string, loss: number | null, gradientShare?: number): BatchUtterance => ({
  ...{ audioFilepath, manifest: '/m.jsonl', line: 1, durationSec: 1, frames: 100, tokens: 5, loss },
  ...(gradientShare === undefined ? {} : { gradientShare }),
});
const three = [utterance('b', 2, 0.1), utterance('c', null), utterance('a', 5, 0.9)];
const names = (column: 'loss' | 'gradientShare' | 'utterance', descending: boolean) =>
  sortUtterances(three, { column, descending }).map((row) => row.utterance.audioFilepath);

it('sorts by any column; what is not finite is highest, what is unknown last', () => {
  expect(names('loss', true)).toEqual(['c', 'a', 'b']);
  expect(names('loss', false)).toEqual(['b', 'a', 'c']);
  expect(names('gradientShare', true)).toEqual(['a', 'b', 'c']);
  expect(names('gradientShare', false)).toEqual(['b', 'a', 'c']);
  expect(names('utterance', false)).toEqual(['a', 'b', 'c']);
  expect(sortUtterances(three, { column: 'loss', descending: true })[0]!.index).toBe(1);
});
