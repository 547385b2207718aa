import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { createArpaReader } from './arpaReader.ts';
import { estimateKneserNey } from './kneserNey.ts';
import { createNgramCounter } from './ngramCounter.ts';
import type { NgramModel } from './ngramModel.ts';
import { nothingScored, perplexityOf, scoreSentence } from './perplexity.ts';
import { pruneNgrams } from './pruneNgrams.ts';
import { renderArpa } from './renderArpa.ts';

function count(sentences: readonly string[], order: number, isKnown?: (word: string) => boolean) {
  const counter = createNgramCounter(order, isKnown);
  for (const sentence of sentences) counter.add(sentence.split(' '));
  return counter.finish();
}

/** Enough text for counts of 1 to 4 at each order: words drawn so that few are frequent. */
function drawText(sentences: number, key: string): string[] {
  const random = createRandom('text', key);
  return Array.from({ length: sentences }, () =>
    Array.from({ length: 1 + random.below(6) }, () => 'abcdefgh'[Math.floor(8 * random.next() ** 2)]).join(' '),
  );
}

/** All words but `<s>`. */
function predicted({ words }: NgramModel): number[] {
  const begin = words.indexOf('<s>');
  return Array.from({ length: words.size }, (_, word) => word).filter((word) => word !== begin);
}

/** Σ p(w | context) over the vocabulary without `<s>`, for each context of up to two words, listed or not. */
function sums(model: NgramModel): number[] {
  const { words } = model;
  const all = Array.from({ length: words.size }, (_, word) => word);
  const after = (context: readonly number[]) => context.reduce((at, word) => model.contextAfter(at, word), 0);
  const contexts = [[], ...all.map((a) => [a]), ...all.flatMap((a) => all.map((b) => [a, b]))];
  return contexts.map((context) =>
    predicted(model).reduce((sum, word) => sum + Math.exp(model.logProbability(after(context), word)), 0),
  );
}

test('the probabilities of every context sum to one, pruned or not, with unknown words or without', () => {
  const text = drawText(400, 'sums');
  for (const known of [() => true, (word: string) => word < 'f']) {
    const counted = count(text, 3, known);
    const { model, discounts } = estimateKneserNey(counted);
    expect(discounts[2]!.assumed).toBe(false);
    for (const sum of sums(model)) expect(sum).toBeCloseTo(1, 9);
    const pruned = pruneNgrams(model, counted, [0, 1, 2]);
    expect(pruned.counts[0]).toBe(model.counts[0]);
    expect(pruned.counts[2]!).toBeLessThan(model.counts[2]! / 1.5);
    for (const sum of sums(pruned)) expect(sum).toBeCloseTo(1, 9);
    // Nothing pruned: the weights made anew are the interpolation's.
    const same = pruneNgrams(model, counted, [0]);
    for (let context = 0; context < model.trie.size; context++)
      for (const word of predicted(model))
        expect(same.logProbability(context, word)).toBeCloseTo(model.logProbability(context, word), 6);
  }
});

/** The definition (Chen & Goodman 1998, equation 26), straight from the text with no data structure of the product. */
function byDefinition(text: readonly string[], context: readonly string[], word: string): number {
  const sentences = text.map((sentence) => ['<s>', ...sentence.split(' '), '</s>']);
  const grams = (n: number) =>
    sentences.flatMap((s) => s.slice(n - 1).map((_, i) => s.slice(i, i + n).join(' '))).filter((g) => g !== '<s>');
  const vocabulary = new Set(['<unk>', ...grams(1)]);
  const highest = 3;
  const countsOf = (n: number): Map<string, number> => {
    const counts = new Map<string, number>();
    const add = (gram: string) => counts.set(gram, (counts.get(gram) ?? 0) + 1);
    if (n === highest) for (const gram of grams(n)) add(gram);
    else {
      for (const gram of new Set(grams(n + 1))) add(gram.slice(gram.indexOf(' ') + 1));
      for (const gram of grams(n)) if (gram.startsWith('<s>')) add(gram);
    }
    return counts;
  };
  const probability = (history: readonly string[]): number => {
    const counts = countsOf(history.length + 1);
    const ofCount = (k: number) => [...counts.values()].filter((c) => c === k).length;
    const y = ofCount(1) / (ofCount(1) + 2 * ofCount(2));
    let d = [1, 2, 3].map((k) => k - ((k + 1) * y * ofCount(k + 1)) / ofCount(k));
    if (d.some((value, i) => !(value >= 0 && value < i + 1))) d = [0.5, 1, 1.5];
    const prefix = history.map((w) => `${w} `).join('');
    const followers = [...counts].filter(
      ([gram]) => gram.startsWith(prefix) && gram.split(' ').length === history.length + 1,
    );
    const total = followers.reduce((sum, [, c]) => sum + c, 0);
    const shorter = history.length === 0 ? 1 / vocabulary.size : probability(history.slice(1));
    if (total === 0) return shorter;
    const own = counts.get(prefix + word) ?? 0;
    const off = (c: number) => (c === 0 ? 0 : d[Math.min(c, 3) - 1]!);
    const freed = followers.reduce((sum, [, c]) => sum + off(c), 0);
    return (own - off(own)) / total + (freed / total) * shorter;
  };
  return probability(context);
}

test('equals the definition, written down a second time without tries', () => {
  const text = drawText(150, 'definition');
  const { model } = estimateKneserNey(count(text, 3));
  for (const context of [[], ['<s>'], ['a'], ['<s>', 'b'], ['a', 'b'], ['c', 'a'], ['h', 'g'], ['g', 'h']])
    for (const word of ['a', 'c', 'h', '</s>', '<unk>']) {
      const at = context.reduce((node, one) => model.contextAfter(node, model.wordId(one)), 0);
      const found = Math.exp(model.logProbability(at, model.wordId(word)));
      expect([context, word, found]).toEqual([context, word, expect.closeTo(byDefinition(text, context, word), 6)]);
    }
});

test('takes the usual discounts for a small text, and says so', () => {
  const { model, discounts } = estimateKneserNey(count(['yes', 'no', 'yes please'], 2));
  expect(discounts).toEqual([1, 2].map((order) => ({ order, values: [0.5, 1, 1.5], assumed: true })));
  for (const sum of sums(model)) expect(sum).toBeCloseTo(1, 9);
});

test('an ARPA file of it reads back as the same model', () => {
  const { model } = estimateKneserNey(count(drawText(300, 'arpa'), 4));
  const reader = createArpaReader();
  for (const part of renderArpa(model)) reader.push(new TextEncoder().encode(part));
  const { model: read, problems } = reader.finish();
  expect(problems).toEqual([]);
  expect(read!.counts).toEqual(model.counts);
  const text = drawText(50, 'unseen').map((sentence) => [...sentence.split(' '), 'zebra']);
  const [own, again] = [model, read!].map((one) =>
    text.reduce((score, s) => scoreSentence(one, s, score), nothingScored),
  );
  expect(again).toEqual({
    ...own,
    knownLog: expect.closeTo(own!.knownLog, 3),
    unknownLog: expect.closeTo(own!.unknownLog, 3),
  });
  expect(own!.unknown).toBe(50);
  expect(perplexityOf(own!).withUnknown).toBeGreaterThan(perplexityOf(own!).withoutUnknown);
});
