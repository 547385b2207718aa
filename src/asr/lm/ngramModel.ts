import type { NgramTrie } from './ngramTrie.ts';
import type { WordTable } from './wordTable.ts';

/** Begin and end of a sentence, and what stands for every word that a model does not know. */
export const sentenceBegin = '<s>';
export const sentenceEnd = '</s>';
export const unknownWord = '<unk>';

/** An n-gram language model with back-off (Katz 1987). Logarithms are natural. */
export interface NgramModel {
  readonly order: number;
  /** N-grams of each order, unigrams first. */
  readonly counts: readonly number[];
  readonly words: WordTable;
  readonly trie: NgramTrie;
  /** ln p of each node of the trie given its context. */
  readonly logProbabilities: Logarithms;
  /** ln of each node's back-off weight. */
  readonly backOffs: Logarithms;
  /** Context at the beginning of a sentence. */
  readonly begin: number;
  /** Number of `</s>`, −1 in a model without it. */
  readonly end: number;
  /** Whether it gives unknown words a probability. */
  readonly hasUnknown: boolean;
  /** Number of a word; an unknown one has that of `<unk>`, −1 in a model without it. */
  wordId(word: string): number;
  /** ln p(word | context). A word numbered −1 gets the floor that KenLM gives: 10⁻¹⁰⁰. */
  logProbability(context: number, word: number): number;
  /** The longest known end, of at most order − 1 words, of a context and the word after it. */
  contextAfter(context: number, word: number): number;
}

export interface NgramParts {
  order: number;
  words: WordTable;
  trie: NgramTrie;
  logProbabilities: Logarithms;
  backOffs: Logarithms;
}

/** As read from a file, or with full precision as estimated. */
export type Logarithms = Float32Array | Float64Array;

const unknownFloor = -100 * Math.LN10;

/** A model of what was read or estimated. Contexts are nodes of the trie; 0 is the empty one. */
export function createNgramModel(parts: NgramParts): NgramModel {
  const { order, words, trie, logProbabilities, backOffs } = parts;
  const suffixOf = createSuffixes(trie);
  const unknown = Math.max(words.indexOf(unknownWord), words.indexOf('<UNK>'));
  const counts = new Array<number>(order).fill(0);
  for (let node = 1; node < trie.size; node++) counts[trie.orderOf(node) - 1]!++;
  return {
    ...parts,
    counts,
    begin: Math.max(0, order > 1 ? trie.find(0, words.indexOf(sentenceBegin)) : 0),
    end: words.indexOf(sentenceEnd),
    hasUnknown: unknown >= 0,
    wordId(word) {
      const index = words.indexOf(word);
      return index >= 0 ? index : unknown;
    },
    logProbability(context, word) {
      if (word < 0) return unknownFloor;
      let backedOff = 0;
      for (let at = context; ; at = suffixOf(at)) {
        const node = trie.find(at, word);
        if (node >= 0) return backedOff + logProbabilities[node]!;
        if (at === 0) return unknownFloor;
        backedOff += backOffs[at]!;
      }
    },
    contextAfter(context, word) {
      if (word < 0) return 0;
      for (let at = context; ; at = suffixOf(at)) {
        const node = trie.find(at, word);
        if (node >= 0) return trie.orderOf(node) < order ? node : suffixOf(node);
        if (at === 0) return 0;
      }
    },
  };
}

/** The longest proper end of an n-gram that is one too, looked for when first asked: of most nodes it never is. */
function createSuffixes(trie: NgramTrie): (node: number) => number {
  const known = new Int32Array(trie.size).fill(-1);
  const suffixOf = (node: number): number => {
    if (known[node]! >= 0) return known[node]!;
    const word = trie.wordOf(node);
    let found = 0;
    for (let at = trie.parentOf(node); found <= 0 && at !== 0; ) {
      at = suffixOf(at);
      found = trie.find(at, word);
    }
    known[node] = Math.max(0, found);
    return known[node]!;
  };
  return suffixOf;
}
