import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { createCtcPrefixScorer } from './ctcPrefixScore.ts';

/** Probability of each transcript, by walking every path. */
function enumerate(logProbabilities: Float32Array, frames: number, vocabulary: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let path = 0; path < vocabulary ** frames; path++) {
    let probability = 1;
    let previous = 0;
    const tokens: number[] = [];
    for (let t = 0, rest = path; t < frames; t++, rest = Math.floor(rest / vocabulary)) {
      const token = rest % vocabulary;
      probability *= Math.exp(logProbabilities[t * vocabulary + token]!);
      if (token !== 0 && token !== previous) tokens.push(token);
      previous = token;
    }
    found.set(tokens.join(), (found.get(tokens.join()) ?? 0) + probability);
  }
  return found;
}

function randomFrames(key: string, frames: number, vocabulary: number, spread: number): Float32Array {
  const random = createRandom('prefix', key);
  const result = new Float32Array(frames * vocabulary);
  for (let t = 0; t < frames; t++) {
    const row = Array.from({ length: vocabulary }, () => spread * random.normal());
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    result.set(
      row.map((x) => x - total),
      t * vocabulary,
    );
  }
  return result;
}

test.each([
  [5, 3, 1],
  [4, 4, 3],
  [6, 3, 0.2],
  [1, 3, 1],
])(
  'scores of all transcripts and prefixes equal a walk over every path: %d frames, %d tokens',
  (frames, vocabulary, spread) => {
    const logs = randomFrames(`${frames}`, frames, vocabulary, spread);
    const exact = enumerate(logs, frames, vocabulary);
    const scorer = createCtcPrefixScorer(logs, frames, vocabulary);
    const visit = (prefix: ReturnType<typeof scorer.extend>, tokens: number[]) => {
      const key = tokens.join();
      const begins = [...exact].filter(([text]) => key === '' || text === key || text.startsWith(`${key},`));
      // Sums of up to 4096 float32 products.
      expect(Math.exp(scorer.complete(prefix))).toBeCloseTo(exact.get(key) ?? 0, 6);
      expect(Math.exp(prefix.score)).toBeCloseTo(
        begins.reduce((sum, [, p]) => sum + p, 0),
        6,
      );
      // One token more than the frames hold is impossible.
      if (tokens.length > frames) return expect(prefix.score).toBe(Number.NEGATIVE_INFINITY);
      for (let token = 1; token < vocabulary; token++) visit(scorer.extend(prefix, token), [...tokens, token]);
    };
    visit(scorer.start, []);
  },
);

test('without frames there is the empty transcript alone', () => {
  const scorer = createCtcPrefixScorer(new Float32Array(0), 0, 3);
  expect(scorer.complete(scorer.start)).toBe(0);
  expect(scorer.complete(scorer.extend(scorer.start, 1))).toBe(Number.NEGATIVE_INFINITY);
});

test('long utterances do not underflow', () => {
  const frames = 2000;
  const logs = randomFrames('long', frames, 30, 4);
  const scorer = createCtcPrefixScorer(logs, frames, 30);
  let prefix = scorer.start;
  for (let n = 0; n < 50; n++) prefix = scorer.extend(prefix, 1 + (n % 29));
  expect(Number.isFinite(scorer.complete(prefix))).toBe(true);
  expect(scorer.complete(prefix)).toBeLessThan(prefix.score);
});
