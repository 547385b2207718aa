import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { decodeGreedy } from '../ctcGreedy.ts';
import { createArpaReader } from '../lm/arpaReader.ts';
import type { NgramModel } from '../lm/ngramModel.ts';
import { BLANK } from '../tokenizer.ts';
import { alignTokens } from './alignTokens.ts';
import { type BeamOptions, ctcPrefixBeam } from './ctcPrefixBeam.ts';
import { createHotwords } from './hotwords.ts';
import { createTextScorer } from './textScorer.ts';

/** log10 of n-grams and back-off weights, as a map of strings: what the search is checked against knows no trie. */
const ngrams: Record<string, [log: number, backOff?: number]> = {
  '<unk>': [-1.2],
  '<s>': [-99, -0.4],
  '</s>': [-0.8],
  A: [-0.9, -0.3],
  B: [-0.7, -0.1],
  AB: [-1.1, -0.2],
  '<s> AB': [-0.2, -0.3],
  'AB A': [-0.4],
  'A A': [-0.3],
  'B </s>': [-0.15],
};

const model = readModel();
function readModel(): NgramModel {
  const of = (n: number) => Object.entries(ngrams).filter(([words]) => words.split(' ').length === n);
  const section = (n: number) => [
    `\\${n}-grams:`,
    ...of(n).map(([words, [log, backOff]]) => `${log}\t${words}${backOff === undefined ? '' : `\t${backOff}`}`),
  ];
  const reader = createArpaReader();
  const lines = [
    '\\data\\',
    `ngram 1=${of(1).length}`,
    `ngram 2=${of(2).length}`,
    ...section(1),
    ...section(2),
    '\\end\\',
  ];
  reader.push(new TextEncoder().encode(`${lines.join('\n')}\n`));
  return reader.finish().model!;
}

function languageLog(text: string): number {
  const words = text.split(' ').filter((word) => word !== '');
  const sentence = ['<s>', ...words.map((word) => (ngrams[word] ? word : '<unk>')), '</s>'];
  const step = (before: string, word: string) =>
    ngrams[`${before} ${word}`]?.[0] ?? (ngrams[before]![1] ?? 0) + ngrams[word]![0];
  return Math.LN10 * sentence.slice(1).reduce((sum, word, i) => sum + step(sentence[i]!, word), 0);
}

const phrases = ['A B', 'B', 'B A'];
const occurrences = (text: string) =>
  phrases.reduce((sum, phrase) => {
    const padded = ` ${text} `;
    let count = 0;
    for (let at = padded.indexOf(` ${phrase} `); at >= 0; at = padded.indexOf(` ${phrase} `, at + 1)) count++;
    return sum + count;
  }, 0);

function randomLogs(key: string, frames: number, size: number): Float32Array {
  const random = createRandom('logits', key);
  const logs = new Float32Array(frames * size);
  for (let t = 0; t < frames; t++) {
    const row = Array.from({ length: size }, () => 1.5 * random.normal());
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    row.forEach((x, i) => {
      logs[t * size + i] = x - total;
    });
  }
  return logs;
}

/** ln p of every text, by walking every alignment. */
function everyText(logs: Float32Array, frames: number, vocabulary: readonly string[]): Map<string, number> {
  const size = vocabulary.length;
  const sums = new Map<string, number>();
  for (let path = 0; path < size ** frames; path++) {
    let [log, text, previous] = [0, '', 0];
    for (let t = 0, rest = path; t < frames; t++, rest = Math.floor(rest / size)) {
      const token = rest % size;
      log += logs[t * size + token]!;
      if (token !== 0 && token !== previous) text += vocabulary[token];
      previous = token;
    }
    const shown = text.replace(/ +/g, ' ').trim();
    sums.set(shown, (sums.get(shown) ?? 0) + Math.exp(log));
  }
  return new Map([...sums].map(([text, p]) => [text, Math.log(p)]));
}

const characters = [BLANK, 'A', 'B', ' '];
const pieces = [BLANK, ' ', 'A', 'B', ' A', 'AB'];
const settings = [
  { name: 'acoustic alone', weight: 0, bonus: 0, boost: 0 },
  { name: 'language model', weight: 0.8, bonus: 0, boost: 0 },
  { name: 'word bonus', weight: 0.5, bonus: 1.3, boost: 0 },
  { name: 'hotwords', weight: 0.6, bonus: -0.4, boost: 1.7 },
];

function optionsOf(
  vocabulary: string[],
  { weight, bonus, boost }: Omit<(typeof settings)[number], 'name'>,
): BeamOptions {
  const scorer = createTextScorer({
    vocabulary,
    ...(weight > 0 ? { languageModel: { model, weight } } : {}),
    wordBonus: bonus,
    ...(boost > 0 ? { hotwords: createHotwords(phrases, boost, true) } : {}),
  });
  return { vocabulary, scorer, beamWidth: 5000, nBest: 5000 };
}

test.each(settings)('a wide beam scores every text as walking every alignment does: $name', (setting) => {
  for (const [vocabulary, frames] of [
    [characters, 6],
    [pieces, 4],
  ] as const)
    for (const key of ['a', 'b', 'c']) {
      const logs = randomLogs(key, frames, vocabulary.length);
      const truth = [...everyText(logs, frames, vocabulary)].map(([text, acoustic]) => {
        const words = text.split(' ').filter((word) => word !== '').length;
        const extra = setting.weight * languageLog(text) + setting.bonus * words + setting.boost * occurrences(text);
        return { text, score: acoustic + (setting.weight > 0 ? extra : setting.bonus * words) };
      });
      truth.sort((a, b) => b.score - a.score);
      const found = ctcPrefixBeam(logs, frames, optionsOf([...vocabulary], setting));
      expect(found.alternatives).toHaveLength(truth.length);
      for (const [i, { text, score }] of truth.entries())
        expect([text, found.alternatives[i]!.score]).toEqual([text, expect.closeTo(score, 5)]);
      expect(
        found.tokens
          .map((token) => vocabulary[token])
          .join('')
          .trim()
          .replace(/ +/g, ' '),
      ).toBe(truth[0]!.text);
    }
});

test('a narrow beam keeps hotwords and what the language model likes, and forgets credit that came to nothing', () => {
  const logs = randomLogs('narrow', 40, characters.length);
  const wide = ctcPrefixBeam(logs, 40, { ...optionsOf(characters, settings[3]!), beamWidth: 400, nBest: 1 });
  const narrow = ctcPrefixBeam(logs, 40, { ...optionsOf(characters, settings[3]!), beamWidth: 16, nBest: 8 });
  expect(narrow.alternatives[0]!.score).toBeLessThanOrEqual(wide.alternatives[0]!.score + 1e-6);
  expect(narrow.alternatives[0]!.score).toBeGreaterThan(wide.alternatives[0]!.score - 3);
  for (const { text, hotwordScore, languageScore, words } of narrow.alternatives) {
    expect(hotwordScore).toBeCloseTo(1.7 * occurrences(text), 9);
    expect(languageScore).toBeCloseTo(languageLog(text), 4);
    expect(words).toBe(text.split(' ').length);
  }
  const scores = narrow.alternatives.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const boosted = createHotwords(['A B', 'A BB'], 2, true);
  let state = boosted.start;
  const credits = [...'A B '].map((character) => {
    state = boosted.next(state, character);
    return boosted.credit(state);
  });
  // Of " A B " five characters, of " A BB " six; after the whole phrase only " " of another is open.
  expect(credits).toEqual([4 / 5, 6 / 5, 8 / 5, 2 / 5].map((credit) => expect.closeTo(credit, 9)));
  expect(boosted.credit([...'A C'].reduce(boosted.next, boosted.start))).toBe(0);
});

test('peaked outputs give the greedy transcript and its very frames, with blanks skipped and tokens pruned too', () => {
  const random = createRandom('peaks');
  for (let round = 0; round < 20; round++) {
    const frames = 30;
    const logs = new Float32Array(frames * 4).fill(Math.log(0.01));
    for (let t = 0; t < frames; t++) logs[t * 4 + (random.next() < 0.5 ? 0 : random.below(4))] = Math.log(0.97);
    const greedy = decodeGreedy(logs, frames, 4);
    expect(alignTokens(logs, frames, 4, greedy.tokens)).toEqual(greedy);
    const plain = { ...optionsOf(characters, settings[0]!), beamWidth: 8 };
    for (const options of [plain, { ...plain, blankThreshold: 0.95, tokenFloor: Math.log(0.02), tokenMass: 0.98 }]) {
      const { alternatives: _, ...decoding } = ctcPrefixBeam(logs, frames, options);
      expect(decoding).toEqual(greedy);
    }
  }
});

test('more frames in the array, none at all, and impossible ones', () => {
  const options = { ...optionsOf(characters, settings[1]!), beamWidth: 10 };
  const logs = randomLogs('more', 8, 4);
  expect(ctcPrefixBeam(logs, 5, options)).toEqual(ctcPrefixBeam(logs.slice(0, 20), 5, options));
  expect(ctcPrefixBeam(logs, 0, options).tokens).toEqual([]);
  expect(ctcPrefixBeam(new Float32Array(12).fill(Number.NEGATIVE_INFINITY), 3, options).tokens).toEqual([]);
});
