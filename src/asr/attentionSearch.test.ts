import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { attentionSearch, type DecoderSteps } from './attentionSearch.ts';
import { createCtcPrefixScorer } from './ctcPrefixScore.ts';

const vocabularySize = 4;

/** Log-probabilities that follow from all tokens read so far, as a decoder's do. */
function rowAfter(tokens: readonly number[], key: string, spread: number): number[] {
  const random = createRandom('decoder', key, tokens.join());
  const row = Array.from({ length: vocabularySize }, () => spread * random.normal());
  const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
  return row.map((x) => x - total);
}

function decoderOf(key: string, spread: number): DecoderSteps & { calls: number } {
  let kept: number[][] = [[]];
  const decoder = {
    calls: 0,
    async advance(parents: readonly number[], tokens: readonly number[]) {
      decoder.calls++;
      kept = parents.map((parent, i) => [...kept[parent]!, tokens[i]!]);
      return {
        logProbabilities: Float32Array.from(kept.flatMap((history) => rowAfter(history, key, spread))),
        peaks: Int32Array.from(kept, (history) => 2 * history.length),
      };
    },
  };
  return decoder;
}

/** The best of all transcripts up to a length. */
function exhaustive(
  key: string,
  spread: number,
  maxTokens: number,
  ctc?: { score(tokens: number[]): number; weight: number },
) {
  let best = { score: Number.NEGATIVE_INFINITY, tokens: [] as number[] };
  const visit = (tokens: number[], attention: number) => {
    const row = rowAfter([0, ...tokens], key, spread);
    const weight = ctc?.weight ?? 0;
    const score = (1 - weight) * (attention + row[0]!) + (ctc ? weight * ctc.score(tokens) : 0);
    if (score > best.score) best = { score, tokens };
    if (tokens.length === maxTokens) return;
    for (let token = 1; token < vocabularySize; token++) visit([...tokens, token], attention + row[token]!);
  };
  visit([], 0);
  return best.tokens;
}

const keys = Array.from({ length: 12 }, (_, i) => `${i}`);

test('a wide beam finds what trying every transcript finds', async () => {
  for (const key of keys) {
    const found = await attentionSearch(decoderOf(key, 2), { vocabularySize, beamWidth: 300, maxTokens: 4 });
    expect(found.tokens).toEqual(exhaustive(key, 2, 4));
  }
});

test('CTC is weighed with the decoder', async () => {
  const frames = 5;
  let changed = 0;
  for (const key of keys) {
    const rows = Array.from({ length: frames }, (_, t) => rowAfter([t], `ctc${key}`, 3));
    const logs = Float32Array.from(rows.flat());
    const scorer = createCtcPrefixScorer(logs, frames, vocabularySize);
    const score = (tokens: number[]) => {
      let prefix = scorer.start;
      for (const token of tokens) prefix = scorer.extend(prefix, token);
      return scorer.complete(prefix);
    };
    const options = { vocabularySize, beamWidth: 300, maxTokens: frames };
    const joint = await attentionSearch(decoderOf(key, 2), { ...options, ctc: { scorer, weight: 0.4 } });
    expect(joint.tokens).toEqual(exhaustive(key, 2, frames, { score, weight: 0.4 }));
    const alone = await attentionSearch(decoderOf(key, 2), options);
    if (joint.tokens.join() !== alone.tokens.join()) changed++;
  }
  expect(changed).toBeGreaterThan(2);
});

test('a decoder that never ends is ended, and one that must end at once is believed', async () => {
  let calls = 0;
  const forever: DecoderSteps = {
    advance: async (parents) => ({
      logProbabilities: Float32Array.from(parents.flatMap(() => [calls++ < 9 ? -1000 : -900, -1e-6, -20, -20])),
      peaks: Int32Array.from(parents, () => 3),
    }),
  };
  const looped = await attentionSearch(forever, { vocabularySize, beamWidth: 1, maxTokens: 9 });
  expect(looped.tokens).toEqual(new Array(9).fill(1));
  expect(calls).toBe(10);
  const silent = decoderOf('silent', 0);
  expect((await attentionSearch(silent, { vocabularySize, beamWidth: 4, maxTokens: 0 })).tokens).toEqual([]);
  expect(silent.calls).toBe(1);
  // All tokens equally likely: every longer transcript is less likely than the empty one.
  const even = decoderOf('even', 0);
  expect((await attentionSearch(even, { vocabularySize, beamWidth: 4, maxTokens: 50 })).tokens).toEqual([]);
  expect(even.calls).toBe(1);
});

test('times never run back and confidences are the decoder’s probabilities', async () => {
  const frames = [4, 9, 7, 7];
  const said = [2, 1, 3];
  let n = 0;
  const decoder: DecoderSteps = {
    async advance(parents) {
      const token = said[n] ?? 0;
      const peak = frames[n++]!;
      const row = [0, 1, 2, 3].map((i) => Math.log(i === token ? 0.97 : 0.01));
      return {
        logProbabilities: Float32Array.from(parents.flatMap(() => row)),
        peaks: Int32Array.from(parents, () => peak),
      };
    },
  };
  const found = await attentionSearch(decoder, { vocabularySize, beamWidth: 1, maxTokens: 10 });
  expect(found.tokens).toEqual(said);
  expect(found.frames).toEqual([4, 9, 9]);
  expect(found.endFrames).toEqual([9, 10, 10]);
  for (const confidence of found.confidence) expect(confidence).toBeCloseTo(0.97, 6);
});

test('a model that gives no numbers ends the search', async () => {
  const broken: DecoderSteps = {
    advance: async (parents) => ({
      logProbabilities: new Float32Array(parents.length * vocabularySize).fill(Number.NaN),
      peaks: new Int32Array(parents.length),
    }),
  };
  expect((await attentionSearch(broken, { vocabularySize, beamWidth: 3, maxTokens: 100 })).tokens).toEqual([]);
});
