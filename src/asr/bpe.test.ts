import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { trainBpe } from './bpe.ts';
import { createTokenizer } from './tokenizer.ts';
import { normalizeText, type TextConfig } from './transcript.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const spaced: TextConfig = { case: 'lower', keep: `${letters} ` };
const unspaced: TextConfig = { case: 'lower', keep: letters };
const repeat = (words: Record<string, number>) =>
  Object.entries(words).flatMap(([word, count]) => Array<string>(count).fill(word));
const merged = (vocabulary: string[], config: TextConfig) => vocabulary.slice(1 + config.keep.length);

/** Figure 1 of Sennrich et al. 2016 and the words of their code: es (9), est (9), then lo and low (7). */
const dictionary = repeat({ low: 5, lower: 2, newest: 6, widest: 3 });

test("the example of the paper, without its end mark: es and est in 9 words, lo and low in 7, then newest's pieces", () => {
  const { vocabulary, problem } = trainBpe(dictionary, unspaced, 27 + 8);
  expect(problem).toBeUndefined();
  // Of the pairs seen 6 times (n e, e w, w est), e w begins with the earliest unit; then n ew, then new est.
  expect(merged(vocabulary, unspaced)).toEqual(['es', 'est', 'lo', 'low', 'ew', 'new', 'newest', 'dest']);
});

test('the same with spaces: words carry theirs in front', () => {
  const { vocabulary } = trainBpe(dictionary, spaced, 28 + 8);
  // " lo" and "low" are both seen 7 times; the space is an earlier unit than "lo".
  expect(merged(vocabulary, spaced)).toEqual(['es', 'est', 'lo', ' lo', ' low', 'ew', 'new', ' new']);
});

test('a vocabulary larger than the text gives names the largest, which does train', () => {
  const { problem, vocabulary } = trainBpe(dictionary, unspaced, 500);
  expect(problem).toMatchObject({ code: 'vocabulary', severity: 'error' });
  expect(problem!.message).toContain(`500, but the training transcripts give at most ${vocabulary.length} units`);
  expect(trainBpe(dictionary, unspaced, vocabulary.length)).toEqual({ vocabulary });
  expect(trainBpe([], unspaced, 28).problem!.message).toContain('at most 27 units');
});

test('transcripts are normalised first, and words that cannot be spelt are left out', () => {
  expect(trainBpe(['Low LOW'], spaced, 31)).toEqual(trainBpe(['low', ' low\n'], spaced, 31));
  expect(trainBpe([...dictionary, 'löw', 'löw', 'l3w'], spaced, 36)).toEqual(trainBpe(dictionary, spaced, 36));
});

const few: TextConfig = { case: 'lower', keep: 'abc ' };
const someTexts = fc.array(fc.string({ unit: fc.constantFrom(...'aaabbc '), minLength: 1, maxLength: 30 }), {
  minLength: 1,
  maxLength: 12,
});

/** Every word encoded anew for every piece: what `trainBpe` must equal, by another way. */
function trainSlowly(texts: string[], config: TextConfig, size: number): string[] {
  const vocabulary = ['<blank>', ...config.keep];
  const words = texts.flatMap((text) =>
    normalizeText(text, config)
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ` ${word}`),
  );
  while (vocabulary.length < size) {
    const counts = new Map<string, { pair: [number, number]; count: number }>();
    for (const word of words) {
      const pieces = encodeByRank(word, vocabulary).map((piece) => vocabulary.indexOf(piece));
      pieces.slice(1).forEach((right, i) => {
        const pair: [number, number] = [pieces[i]!, right];
        const entry = counts.get(pair.join()) ?? { pair, count: 0 };
        counts.set(pair.join(), { pair, count: entry.count + 1 });
      });
    }
    const ordered = [...counts.values()].sort(
      (a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1],
    );
    const best = ordered[0];
    if (!best || best.count < 2) break;
    vocabulary.push(vocabulary[best.pair[0]]! + vocabulary[best.pair[1]]!);
  }
  return vocabulary;
}

/** The pair whose joined text stands earliest in the vocabulary, the leftmost of them, until none is left. */
function encodeByRank(word: string, vocabulary: readonly string[]): string[] {
  const pieces = [...word];
  for (;;) {
    const joined = pieces.slice(1).map((right, i) => vocabulary.indexOf(pieces[i]! + right));
    const known = joined.filter((rank) => rank > 0);
    if (known.length === 0) return pieces;
    const at = joined.indexOf(Math.min(...known));
    pieces.splice(at, 2, pieces[at]! + pieces[at + 1]!);
  }
}

test('counting pairs as they change equals encoding the whole text for every piece', () => {
  fc.assert(
    fc.property(someTexts, fc.integer({ min: 6, max: 60 }), (texts, size) => {
      expect(trainBpe(texts, few, size).vocabulary).toEqual(trainSlowly(texts, few, size));
    }),
    { numRuns: 400 },
  );
});

test('the vocabulary alone encodes any text, and what is encoded comes back', () => {
  fc.assert(
    fc.property(someTexts, someTexts, fc.integer({ min: 6, max: 40 }), (texts, others, size) => {
      const { vocabulary } = trainBpe(texts, few, size);
      fc.pre(vocabulary.length > 5);
      const tokenizer = createTokenizer(JSON.parse(JSON.stringify(vocabulary)) as string[], few);
      for (const text of [...texts, ...others]) {
        const written = normalizeText(text, few);
        const encoded = tokenizer.encode(text);
        if ('problem' in encoded) {
          expect(written).toBe('');
          continue;
        }
        expect(tokenizer.decode(encoded.tokens)).toBe(written);
        const pieces = written.split(' ').flatMap((word) => encodeByRank(` ${word}`, vocabulary));
        expect([...encoded.tokens].map((token) => vocabulary[token])).toEqual(pieces);
      }
    }),
    { numRuns: 300 },
  );
});

/** Sennrich's way: a list of merges, each applied to the whole word before the next. */
function trainMergeList(words: ReadonlyMap<string, number>, size: number, order = [...letters, ' ']) {
  const cut = [...words].map(([word, count]) => ({ pieces: [...word], count }));
  const merges: [string, string][] = [];
  while (merges.length < size) {
    const counts = new Map<string, number>();
    for (const { pieces, count } of cut)
      for (let i = 1; i < pieces.length; i++) {
        const pair = JSON.stringify([pieces[i - 1], pieces[i]]);
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    const rank = (pair: string) => (JSON.parse(pair) as string[]).map((piece) => order.indexOf(piece));
    const compare = (a: number[], b: number[]) => a[0]! - b[0]! || a[1]! - b[1]!;
    const [best] = [...counts]
      .filter(([, count]) => count > 1)
      .sort((a, b) => b[1] - a[1] || compare(rank(a[0]), rank(b[0])));
    if (!best) break;
    const [left, right] = JSON.parse(best[0]) as [string, string];
    merges.push([left, right]);
    order.push(left + right);
    for (const word of cut) word.pieces = applyMerge(word.pieces, left, right);
  }
  return { merges, cut };
}

function applyMerge(pieces: string[], left: string, right: string): string[] {
  const joined: string[] = [];
  for (let i = 0; i < pieces.length; i++)
    if (pieces[i] === left && pieces[i + 1] === right) {
      joined.push(left + right);
      i++;
    } else joined.push(pieces[i]!);
  return joined;
}

/** Words as languages have them: few syllables, some words far more frequent than others. */
function wordList(): Map<string, number> {
  const random = createRandom('bpe', 'words');
  const syllable = () =>
    `${'bdfklmnprst'[random.below(11)]}${'aeiou'[random.below(5)]}${'nrst'[random.below(8)] ?? ''}`;
  const word = () => ` ${Array.from({ length: 1 + random.below(4) }, syllable).join('')}`;
  return new Map(Array.from({ length: 400 }, (_, i) => [word(), Math.ceil(5000 / (i + 1))]));
}

test("on a language's words, cutting by rank is applying Sennrich's list of merges", () => {
  const words = wordList();
  const { merges, cut } = trainMergeList(words, 150);
  const texts = [...words].flatMap(([word, count]) => Array<string>(count).fill(word));
  const { vocabulary } = trainBpe(texts, spaced, 28 + 150);
  expect(merged(vocabulary, spaced)).toEqual(merges.map((pair) => pair.join('')));
  const tokenizer = createTokenizer(vocabulary, spaced);
  [...words.keys()].forEach((word, i) => {
    const { tokens } = tokenizer.encode(word) as { tokens: Int32Array };
    expect([...tokens].map((token) => vocabulary[token])).toEqual(cut[i]!.pieces);
  });
});

test('on any text, cutting by rank is applying the list of merges', () => {
  fc.assert(
    fc.property(someTexts, someTexts, (texts, others) => {
      const counts = new Map<string, number>();
      for (const text of texts)
        for (const word of normalizeText(text, few).split(' '))
          if (word !== '') counts.set(` ${word}`, (counts.get(` ${word}`) ?? 0) + 1);
      const { merges } = trainMergeList(counts, 30, [...few.keep]);
      const { vocabulary } = trainBpe(texts, few, 5 + merges.length);
      fc.pre(merges.length > 0);
      expect(vocabulary.slice(5)).toEqual(merges.map((pair) => pair.join('')));
      const tokenizer = createTokenizer(vocabulary, few);
      for (const text of others.filter((other) => other.trim() !== '')) {
        const words = normalizeText(text, few).split(' ');
        const listed = words.flatMap((word) =>
          merges.reduce((pieces, [left, right]) => applyMerge(pieces, left, right), [' ', ...word]),
        );
        const { tokens } = tokenizer.encode(text) as { tokens: Int32Array };
        expect([...tokens].map((token) => vocabulary[token])).toEqual(listed);
      }
    }),
    { numRuns: 300 },
  );
});

test('a hundred thousand lines take a few seconds', () => {
  const random = createRandom('bpe', 'lines');
  const words = Array.from({ length: 40_000 }, () =>
    Array.from({ length: 2 + random.below(9) }, () => letters[Math.floor(26 * random.next() ** 2)]!).join(''),
  );
  // Zipf's law: the word of rank r is 1/r as frequent as the first.
  const line = () => Array.from({ length: 20 }, () => words[Math.floor(40_000 ** random.next()) - 1]!).join(' ');
  const lines = Array.from({ length: 100_000 }, line);
  const before = process.cpuUsage();
  const { vocabulary } = trainBpe(lines, spaced, 5000);
  expect(vocabulary).toHaveLength(5000);
  // 5 s of one core here; counting anew for each piece would take many minutes.
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15);
}, 300_000);
