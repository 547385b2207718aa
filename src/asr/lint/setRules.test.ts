import { expect, test } from 'vitest';
import { parseManifest, type Utterance } from '../manifest.ts';
import { checkHabits, checkRates } from './setRules.ts';
import { checkCopies } from './splitRules.ts';

const utterances = (texts: string[]): Utterance[] =>
  parseManifest(texts.map((text, i) => JSON.stringify({ audio_filepath: `${i}.wav`, text })).join('\n'), 'm')
    .utterances;
const found = (map: ReadonlyMap<Utterance, { code: string }>) =>
  [...map].map(([{ line }, { code }]) => `${line} ${code}`);
const many = Array.from({ length: 60 }, (_, i) => `this is sentence ${'abcdefghij'[i % 10]} of many`);

test('a transcript in another case than nearly all others, with a fix', () => {
  const map = checkHabits(utterances([...many, 'This Is Odd']));
  expect(found(map)).toEqual(['61 casing']);
  expect([...map.values()][0]!.fix?.replacement).toBe('"this is odd"');
  expect(found(checkHabits(utterances(many.map((text, i) => (i % 10 ? text : text.toUpperCase())))))).toEqual([]);
  expect(found(checkHabits(utterances(['yes', 'No'])))).toEqual([]);
});

test('digits where nearly all others spell numbers out; not where they are the habit', () => {
  expect(found(checkHabits(utterances([...many, 'in 1984'])))).toEqual(['61 digits']);
  expect(found(checkHabits(utterances(many.map((text, i) => (i % 4 ? text : `${text} 7`)))))).toEqual([]);
});

test('speech rates far from the rest, and rates nobody speaks at', () => {
  const set = utterances([
    ...many,
    'short text',
    'a long text that is told in no time at all',
    'an ordinary sentence again',
  ]);
  const durationsSec = Float64Array.from(set, (_, i) => (i === 60 ? 30 : i === 61 ? 0.6 : 1.2 + (i % 7) / 5));
  expect(found(checkRates(set, durationsSec))).toEqual(['61 speech-rate', '62 speech-rate']);
  // Few lines are no set: only what is impossible counts.
  expect(found(checkRates(set.slice(60), durationsSec.slice(60)))).toEqual(['62 speech-rate']);
  // Without a length there is no rate.
  expect(found(checkRates(set, new Float64Array(set.length)))).toEqual([]);
});

test('the same samples under two names, and trained on as well as measured on', () => {
  const set = utterances(['yes', 'no', 'yes', 'other']);
  const map = checkCopies({ train: set.slice(0, 3), dev: set.slice(3) }, ['a', 'b', 'a', 'b']);
  expect([...map.values()].map(({ code, severity, line, message }) => [code, severity, line, message])).toEqual([
    ['audio-duplicate', 'warning', 3, '2.wav holds the same samples as 0.wav (line 1)'],
    [
      'split-leak',
      'error',
      4,
      '3.wav holds the same samples as 1.wav (line 2 of the training data), with another transcript',
    ],
  ]);
  expect(checkCopies({ train: set, dev: [] }, [undefined, undefined]).size).toBe(0);
});
