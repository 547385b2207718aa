import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { combineTranscripts } from './rover.ts';

const combine = (...transcripts: string[]) => combineTranscripts(transcripts.map((text) => text.split(' '))).join(' ');

test('the majority wins in each slot', () => {
  expect(combine('the cat sat', 'the hat sat', 'the cat sang')).toBe('the cat sat');
  expect(combine('a b c', 'x b c', 'x b y')).toBe('x b c');
});

test('transcripts of different lengths are aligned, not compared place by place', () => {
  expect(combine('one two three four', 'two three four', 'two three four five')).toBe('two three four');
  expect(combine('go to new york', 'go new york', 'go to new work')).toBe('go to new york');
  expect(combine('b c d', 'a b c d', 'a b c d')).toBe('a b c d');
});

test('of equally voted words the earliest transcript has the say', () => {
  expect(combine('yes', 'no')).toBe('yes');
  expect(combineTranscripts([['a'], []])).toEqual(['a']);
  expect(combineTranscripts([[], ['a']])).toEqual([]);
  expect(combineTranscripts([])).toEqual([]);
});

test('equal transcripts come out as they are, whatever a lone dissenter says', () => {
  const random = createRandom('rover');
  for (let round = 0; round < 200; round++) {
    const draw = (length: number) => Array.from({ length }, () => 'abcd'[random.below(4)]!);
    const agreed = draw(1 + random.below(8));
    // The two that agree come first, so that the network's slots are theirs.
    expect(combineTranscripts([agreed, agreed, draw(random.below(8))])).toEqual(agreed);
  }
});
