import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GreedyDecoding } from './ctcGreedy.ts';
import { decodeTokens } from './tokenizer.ts';
import { splitWords } from './transcript.ts';
import { secondsPerOutputFrame, wordsOf } from './words.ts';

const vocabulary = ['<blank>', 'A', 'B', ' ', ' A', 'BA', ' BA'];
const decoding: GreedyDecoding = {
  tokens: [1, 2, 3, 2, 1],
  frames: [5, 7, 9, 12, 15],
  endFrames: [6, 8, 10, 13, 18],
  confidence: [0.9, 0.4, 0.1, 1, 0.25],
};

test('words run from their first frame to the end of their last, on the clock of the recording', () => {
  const secondsPerFrame = secondsPerOutputFrame(4, 160, 16_000);
  expect(secondsPerFrame).toBe(0.04);
  const words = wordsOf(decoding, vocabulary, { secondsPerFrame, offsetSec: 10 });
  expect(words.map(({ text }) => text)).toEqual(['AB', 'BA']);
  expect(words[0]!.startSec).toBeCloseTo(10.2, 9);
  expect(words[0]!.endSec).toBeCloseTo(10.32, 9);
  expect(words[1]!.startSec).toBeCloseTo(10.48, 9);
  expect(words[1]!.endSec).toBeCloseTo(10.72, 9);
});

test('confidence is the geometric mean of the tokens, the space not counted', () => {
  const [first, second] = wordsOf(decoding, vocabulary, { secondsPerFrame: 0.04 });
  expect(first!.confidence).toBeCloseTo(0.6, 9);
  expect(second!.confidence).toBeCloseTo(0.5, 9);
});

test('a piece with a leading space begins a word, and its times are those of its pieces', () => {
  const pieces = ['<blank>', 'A', ' ', ' BA', ' A', 'AB'];
  // " BA" "A" · " A" · " " "AB", with the lone space counted in no word.
  const spoken = {
    tokens: [3, 1, 4, 2, 5],
    frames: [0, 2, 4, 6, 8],
    endFrames: [1, 3, 5, 7, 9],
    confidence: [0.5, 0.5, 1, 0.1, 0.3],
  };
  expect(wordsOf(spoken, pieces, { secondsPerFrame: 1 })).toEqual([
    { text: 'BAA', startSec: 0, endSec: 3, confidence: expect.closeTo(0.5, 9) },
    { text: 'A', startSec: 4, endSec: 5, confidence: 1 },
    { text: 'AB', startSec: 8, endSec: 9, confidence: expect.closeTo(0.3, 9) },
  ]);
});

test('times never pass the end of the audio', () => {
  const [, last] = wordsOf(decoding, vocabulary, { secondsPerFrame: 0.04, durationSec: 0.7 });
  expect(last!.endSec).toBe(0.7);
});

test('nothing said, no words', () => {
  const silent = { tokens: [], frames: [], endFrames: [], confidence: [] };
  expect(wordsOf(silent, vocabulary, { secondsPerFrame: 0.04 })).toEqual([]);
});

test('the words are those of the text, in order, without overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 }), (tokens) => {
      const random = {
        tokens,
        frames: tokens.map((_, i) => 2 * i),
        endFrames: tokens.map((_, i) => 2 * i + 1),
        confidence: tokens.map(() => 0.5),
      };
      const words = wordsOf(random, vocabulary, { secondsPerFrame: 0.1 });
      expect(words.map(({ text }) => text)).toEqual(splitWords(decodeTokens(vocabulary, tokens)));
      words.forEach((word, i) => {
        expect(word.endSec).toBeGreaterThan(word.startSec);
        if (i > 0) expect(word.startSec).toBeGreaterThanOrEqual(words[i - 1]!.endSec);
      });
    }),
  );
});
