import { expect, test } from 'vitest';
import { parseManifest } from '../manifest.ts';
import { createCharTokenizer } from '../tokenizer.ts';
import { mendText } from './mendText.ts';
import { checkText } from './textRules.ts';

const tokenizer = createCharTokenizer({ case: 'upper', keep: "ABCDEFGHIJKLMNOPQRSTUVWXYZ' " });
const utterance = (text: string) =>
  parseManifest(JSON.stringify({ audio_filepath: 'a.wav', text, x: 1 }), 'm.jsonl').utterances[0]!;
const check = (text: string, known?: typeof tokenizer) =>
  checkText(utterance(text), known).map(({ code, severity, fix }) => [`${severity} ${code}`, fix?.replacement]);

test.each([
  ['hello there', []],
  ['naïve café — “so”, don’t…', []],
  ['Привет', []],
  ['   ', [['error empty-text', undefined]]],
  [' hello', [['info text-spaces', '"hello"']]],
  ['a\u00a0b', [['info text-spaces', '"a b"']]],
  ['soft\u00adhyphen', [['warning charset', '"softhyphen"']]],
  ['zero\u200bwidth', [['warning charset', '"zerowidth"']]],
  ['lost \ufffd', [['warning charset', undefined]]],
  ['cafÃ©', [['warning charset', undefined]]],
  ['p\u0430rt', [['warning charset', undefined]]],
])('by itself: %j', (text, expected) => {
  expect(check(text)).toEqual(expected);
});

test.each([
  ['Hello there', []],
  ['Hello, there!', [['error oov', '"Hello there"']]],
  ['well-known don’t', [['error oov', '"well known don\'t"']]],
  ['room 12', [['error oov', undefined]]],
  ['café', [['error oov', undefined]]],
  ['?', [['error oov', undefined]]],
])('against an alphabet: %j', (text, expected) => {
  expect(check(text, tokenizer)).toEqual(expected);
});

test('the place is the value of the key, and replacing it gives the mended line', () => {
  const one = utterance('a  "b"');
  const [problem] = checkText(one);
  const { column, endColumn, fix } = problem!;
  const mended = one.source.slice(0, column! - 1) + fix!.replacement + one.source.slice(endColumn! - 1);
  expect(JSON.parse(mended)).toEqual({ audio_filepath: 'a.wav', text: 'a "b"', x: 1 });
});

test('mended text is mended: another pass changes nothing', () => {
  for (const text of ['“a” — b', 'x…', ' a\tb\u200b', 'e\u0301'])
    expect(mendText(mendText(text)!)).toBe(mendText(text));
});
