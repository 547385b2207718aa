import type { NgramCounts } from './ngramCounter.ts';
import { createNgramModel, type NgramModel, sentenceBegin } from './ngramModel.ts';
import type { NgramTrie } from './ngramTrie.ts';

/** What is taken off counts of 1, 2, and 3 or more. */
export interface Discounts {
  order: number;
  values: readonly [number, number, number];
  /** Too few different counts to estimate them, as in a small text: the usual ones were taken. */
  assumed: boolean;
}

export interface KneserNeyEstimate {
  model: NgramModel;
  discounts: readonly Discounts[];
}

/** KenLM's fallback. */
const usualDiscounts: Discounts['values'] = [0.5, 1, 1.5];

/**
 * Interpolated modified Kneser–Ney (Chen & Goodman 1998), unigrams interpolated with the uniform distribution over the
 * vocabulary with `<unk>` and without `<s>`, as KenLM does (Heafield et al. 2013). As a back-off model: what is listed has
 * its interpolated probability, and a context's back-off weight is its interpolation weight, so the two are equal.
 */
export function estimateKneserNey(counted: NgramCounts): KneserNeyEstimate {
  const { order, words, trie } = counted;
  const suffixes = dropFirst(trie);
  const adjusted = adjustCounts(counted, suffixes);
  const begin = trie.find(0, words.indexOf(sentenceBegin));
  const discounts = estimateDiscounts(trie, adjusted, order);
  const taken = (node: number) => {
    const [one, two, more] = discounts[trie.orderOf(node) - 1]!.values;
    const count = adjusted[node]!;
    return count === 0 ? 0 : count <= 1 ? one : count <= 2 ? two : more;
  };
  const totals = new Float64Array(trie.size);
  const left = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    totals[trie.parentOf(node)]! += adjusted[node]!;
    left[trie.parentOf(node)]! += taken(node);
  }
  const uniform = 1 / (words.size - 1);
  const probabilities = new Float64Array(trie.size);
  for (let n = 1; n <= order; n++)
    for (let node = 1; node < trie.size; node++) {
      if (trie.orderOf(node) !== n || node === begin) continue;
      const context = trie.parentOf(node);
      const shorter = n === 1 ? uniform : probabilities[suffixes[node]!]!;
      const own = adjusted[node]! - taken(node) + left[context]! * shorter;
      probabilities[node] = own / totals[context]!;
    }
  const logProbabilities = Float64Array.from(probabilities, (p) => Math.max(leastLog, Math.log(p)));
  const backOffs = Float64Array.from(left, (mass, node) =>
    node > 0 && totals[node]! > 0 ? Math.log(mass / totals[node]!) : 0,
  );
  return { model: createNgramModel({ order, words, trie, logProbabilities, backOffs }), discounts };
}

/** What ARPA files write for the impossible. */
const leastLog = -99 * Math.LN10;

/** For each node that without its first word; all parts of what was counted were counted. */
function dropFirst(trie: NgramTrie): Int32Array {
  const suffixes = new Int32Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const parent = trie.parentOf(node);
    if (parent !== 0) suffixes[node] = trie.find(suffixes[parent]!, trie.wordOf(node));
  }
  return suffixes;
}

/**
 * Below the highest order not how often an n-gram occurs but after how many different words. Nothing comes before
 * `<s>`, so what begins with it keeps its count; `<s>` itself is never predicted.
 */
function adjustCounts({ order, words, trie, counts }: NgramCounts, suffixes: Int32Array): Float64Array {
  const adjusted = new Float64Array(trie.size);
  const begin = words.indexOf(sentenceBegin);
  const beginsSentence = new Uint8Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const parent = trie.parentOf(node);
    beginsSentence[node] = parent === 0 ? Number(trie.wordOf(node) === begin) : beginsSentence[parent]!;
    const n = trie.orderOf(node);
    if (n === order || beginsSentence[node]) adjusted[node] = counts[node]!;
    if (n > 1) adjusted[suffixes[node]!]! += 1;
  }
  adjusted[trie.find(0, begin)] = 0;
  return adjusted;
}

function estimateDiscounts(trie: NgramTrie, adjusted: Float64Array, order: number): Discounts[] {
  const ofCounts = Array.from({ length: order }, () => [0, 0, 0, 0, 0]);
  for (let node = 1; node < trie.size; node++) {
    const count = adjusted[node]!;
    if (count >= 1 && count <= 4) ofCounts[trie.orderOf(node) - 1]![count]!++;
  }
  return ofCounts.map(([, one, two, three, four], i) => {
    const share = one! / (one! + 2 * two!);
    const values = [
      1 - (2 * share * two!) / one!,
      2 - (3 * share * three!) / two!,
      3 - (4 * share * four!) / three!,
    ] as const;
    const sound = values.every((value, k) => value >= 0 && value < k + 1);
    return { order: i + 1, values: sound ? values : usualDiscounts, assumed: !sound };
  });
}
