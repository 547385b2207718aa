import { expect, test } from 'vitest';
import { parseShares, renderSplit } from './splitAnswers.ts';

test.each([
  ['80 10 10', { train: 0.8, dev: 0.1, test: 0.1 }],
  [' 90%/10% ', { train: 0.9, dev: 0.1, test: 0 }],
  ['80,0,20', { train: 0.8, dev: 0, test: 0.2 }],
  ['80 10', undefined],
  ['100 0 0', undefined],
  ['120 -10 -10', undefined],
  ['25 25 25 25', undefined],
  ['a b c', undefined],
  ['', undefined],
])('%j', (text, shares) => {
  expect(parseShares(text)).toEqual(shares);
});

test('a table of the parts', () => {
  const manifests = [{ part: 'train', file: '/d/tra|in.jsonl', utterances: 9, durationSec: 1800, speakers: 3 }];
  const text = renderSplit({ manifests, sharedSpeakers: 0, excluded: 2 }, '/d/all.jsonl');
  expect(text).toContain('| train | 0.50 | 9 | 3 | /d/tra\\|in.jsonl |');
  expect(text).toContain('Speakers in several parts: 0. Excluded utterances, in no part: 2.');
});
