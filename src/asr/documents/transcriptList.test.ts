import { expect, test } from 'vitest';
import { parseTranscriptList } from './transcriptList.ts';

test('LibriSpeech: id, words, the recording beside it, the speaker in its name', () => {
  const text = '\uFEFF84-12-0001 HELLO THERE\r\n\r\n84-12-0002  TWO SPACES \r\nx\r\n84-12-0001 AGAIN\r\n';
  const siblings = new Set(['84-12-0001.flac', '84-12-0002.wav']);
  const { utterances, problems } = parseTranscriptList(text, 'd/84-12.trans.txt', siblings);
  expect(utterances.map(({ audioFilepath, text: words, line }) => [audioFilepath, words, line])).toEqual([
    ['84-12-0001.flac', 'HELLO THERE', 1],
    ['84-12-0002.wav', ' TWO SPACES ', 3],
    ['x.flac', '', 4],
    ['84-12-0001.flac', 'AGAIN', 5],
  ]);
  expect(utterances[0]).toMatchObject({ speaker: '84', places: { text: { column: 12, endColumn: 23 } } });
  expect(problems).toMatchObject([{ code: 'manifest-duplicate', line: 5 }]);
});

test('a line of 10 MB is named and skipped', () => {
  const { utterances, problems } = parseTranscriptList(`${'x'.repeat(10_000_000)}\n1-2-3 YES`, 'f', new Set());
  expect(problems).toMatchObject([{ code: 'transcription-line', line: 1 }]);
  expect(utterances).toHaveLength(1);
});
