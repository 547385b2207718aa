import { expect, test } from 'vitest';
import { findAudioColumns, splitRow } from './delimitedText.ts';

test.each([
  ['a,b,c', ['a', 'b', 'c']],
  ['"a,b","c ""d"" e",', ['a,b', 'c "d" e', '']],
  ['a,"open', ['a', 'open']],
  ['', ['']],
  ['a,\r', ['a', '']],
] as const)('%j', (row, fields) => {
  expect(splitRow(row, ',')).toEqual(fields);
});

test('quotes in TSV are text', () => {
  expect(splitRow('x\t"Go", she said\ty', '\t')).toEqual(['x', '"Go", she said', 'y']);
});

test('columns by their names', () => {
  expect(findAudioColumns(['\uFEFFclient_id', 'path', 'sentence_id', 'sentence'])).toEqual({
    audio: 1,
    text: 3,
    speaker: 0,
  });
  expect(findAudioColumns(['File', 'Transcript'])).toEqual({ audio: 0, text: 1, speaker: -1 });
  expect(findAudioColumns(['time', 'loss'])).toBeUndefined();
});
