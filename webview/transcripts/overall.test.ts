import { expect, test } from 'vitest';
import type { TranscriptItem } from '../../src/shared/protocol/transcripts.ts';
import { describeOverall } from './overall.ts';
import { stringsFor } from './strings.ts';

const item = (change: Partial<TranscriptItem>): TranscriptItem => ({
  ...{ index: 0, name: 'a', recording: 'a.wav', state: 'done', startSec: 0, text: '', pairs: [], line: 'none' },
  ...{ inserted: false, ...change },
});
const errors = (substitutions: number, deletions: number, insertions: number, reference: number) => ({
  errors: { substitutions, deletions, insertions, reference },
});

test('errors of all lines over all words, never the mean of their rates', () => {
  const items = [item(errors(1, 0, 0, 1)), item(errors(0, 1, 1, 9)), item({}), item({ state: 'failed' })];
  expect(describeOverall(items, stringsFor('en'))).toBe(
    '3 transcribed · WER 30.0 % (3 errors in 10 words: 1 substituted, 1 deleted, 1 inserted) · 1 could not be transcribed',
  );
  expect(describeOverall([item({})], stringsFor('en'))).toBe('1 transcribed · no transcript to compare with');
  expect(describeOverall(items, stringsFor('zh-cn'))).toContain('10 个词中有 3 处错误');
});
