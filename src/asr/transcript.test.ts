import { expect, test } from 'vitest';
import { alphabetOf } from '../shared/config/alphabet.ts';
import { normalizeText, splitWords } from './transcript.ts';

test.each([
  ['upper', ' Zero\tOne\n two ', 'ZERO ONE TWO'],
  ['lower', 'IT’S', 'it’s'],
  ['as-is', 'McDonald  x', 'McDonald x'],
  ['upper', 'straße', 'STRASSE'],
  ['upper', 'e\u0301te\u0301', 'ÉTÉ'],
  ['upper', 'i', 'I'],
  ['lower', 'İ', 'i̇'.normalize('NFC')],
  ['upper', '\u00a0a\u3000b\u2009', 'A B'],
  ['as-is', '   ', ''],
] as const)('%s of %j is %j', (kind, text, expected) => {
  expect(normalizeText(text, { case: kind })).toBe(expected);
});

test('keep goes through the case mapping of the transcripts, in its own order, each character once', () => {
  expect(alphabetOf({ case: 'upper', keep: "cab' bC" })).toEqual(['C', 'A', 'B', "'", ' ']);
  expect(alphabetOf({ case: 'lower', keep: 'AaB' })).toEqual(['a', 'b']);
  expect(alphabetOf({ case: 'as-is', keep: 'Aa' })).toEqual(['A', 'a']);
  expect(alphabetOf({ case: 'upper', keep: 'ß\t' })).toEqual(['S', ' ']);
  expect(alphabetOf({ case: 'as-is', keep: '😀e\u0301' })).toEqual(['😀', 'é']);
});

test('words are what spaces part', () => {
  expect(splitWords(' a  b ')).toEqual(['a', 'b']);
  expect(splitWords('')).toEqual([]);
});
