import type { NgramCounts } from './ngramCounter.ts';
import { createNgramModel, type NgramModel } from './ngramModel.ts';
import { createNgramTrie } from './ngramTrie.ts';

/**
 * A model without its rare n-grams: those that occur at most `thresholds[order − 1]` times (the last one counts for higher
 * orders too), unless a longer one that stays begins with them. Unigrams all stay. Back-off weights are made anew, so that
 * each context's probabilities still sum to one.
 * @param counted what the model was estimated from, with the same trie
 */
export function pruneNgrams(model: NgramModel, counted: NgramCounts, thresholds: readonly number[]): NgramModel {
  const { trie, order, words } = model;
  const limitOf = (n: number) => (n === 1 ? -1 : (thresholds[n - 1] ?? thresholds.at(-1) ?? 0));
  const kept = new Uint8Array(trie.size);
  // Children have higher numbers than their parents.
  for (let node = trie.size - 1; node > 0; node--) {
    if (counted.counts[node]! > limitOf(trie.orderOf(node))) kept[node] = 1;
    if (kept[node]) kept[trie.parentOf(node)] = 1;
  }
  const fewer = createNgramTrie(trie.size >> 1);
  const places = new Int32Array(trie.size);
  for (let node = 1; node < trie.size; node++)
    if (kept[node]) places[node] = fewer.insert(places[trie.parentOf(node)]!, trie.wordOf(node));
  const logProbabilities = new Float64Array(fewer.size);
  for (let node = 1; node < trie.size; node++)
    if (kept[node]) logProbabilities[places[node]!] = model.logProbabilities[node]!;
  const backOffs = new Float64Array(fewer.size);
  const pruned = createNgramModel({ order, words, trie: fewer, logProbabilities, backOffs });
  renewBackOffs(pruned, backOffs);
  return pruned;
}

/** What a context's n-grams leave, over what the shorter context leaves for the same words. */
function renewBackOffs(model: NgramModel, backOffs: Float64Array): void {
  const { trie, order, logProbabilities } = model;
  // Weights of shorter contexts first: those of longer ones are made from them.
  for (let n = 1; n < order; n++) {
    const listed = new Float64Array(trie.size);
    const shorter = new Float64Array(trie.size);
    for (let node = 1; node < trie.size; node++) {
      if (trie.orderOf(node) !== n + 1) continue;
      const context = trie.parentOf(node);
      listed[context]! += Math.exp(logProbabilities[node]!);
      shorter[context]! += Math.exp(model.logProbability(shortened(model, context), trie.wordOf(node)));
    }
    for (let context = 1; context < trie.size; context++)
      // Where all words are listed nothing is left, and the weight is never used.
      if (trie.orderOf(context) === n && 1 - shorter[context]! > least)
        backOffs[context] = Math.log(Math.max(least, 1 - listed[context]!) / (1 - shorter[context]!));
  }
}

const least = 1e-12;

/** The longest known end of a context that is shorter than it. */
function shortened(model: NgramModel, context: number): number {
  const { trie } = model;
  const parent = trie.parentOf(context);
  if (parent === 0) return 0;
  return model.contextAfter(shortened(model, parent), trie.wordOf(context));
}
