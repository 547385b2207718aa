import { sentenceBegin, sentenceEnd, unknownWord } from './ngramModel.ts';
import { createNgramTrie, type NgramTrie } from './ngramTrie.ts';
import { createWordTable, type WordTable } from './wordTable.ts';

/** How often each n-gram up to an order occurs. */
export interface NgramCounts {
  order: number;
  words: WordTable;
  trie: NgramTrie;
  /** Of each node; entries beyond the trie's size are room. */
  counts: Float64Array;
  sentences: number;
  /** Words of the text, sentence marks not among them. */
  tokens: number;
  /** Words of the text that became `<unk>`. */
  unknownTokens: number;
}

export interface NgramCounter {
  /** One sentence, between its marks. */
  add(words: readonly string[]): void;
  finish(): NgramCounts;
}

/** Words that `isKnown` refuses are counted as `<unk>`, which the vocabulary has in any case. */
export function createNgramCounter(order: number, isKnown: (word: string) => boolean = () => true): NgramCounter {
  const words = createWordTable();
  const trie = createNgramTrie();
  const [unknown, begin, end] = [unknownWord, sentenceBegin, sentenceEnd].map((word) => words.add(word)) as [
    number,
    number,
    number,
  ];
  for (const word of [unknown, begin, end]) trie.insert(0, word);
  let counts = new Float64Array(1 << 10);
  let sentences = 0;
  let tokens = 0;
  let unknownTokens = 0;
  const countEnds = (sentence: readonly number[], last: number) => {
    const first = Math.max(0, last - order + 1);
    for (let from = first; from <= last; from++) {
      let node = 0;
      for (let i = from; i <= last; i++) node = trie.insert(node, sentence[i]!);
      if (node >= counts.length) {
        const more = new Float64Array(2 * Math.max(counts.length, node));
        more.set(counts);
        counts = more;
      }
      counts[node]!++;
    }
  };
  return {
    add(text) {
      const sentence = [begin];
      for (const word of text) {
        const known = isKnown(word);
        if (!known) unknownTokens++;
        sentence.push(known ? words.add(word) : unknown);
      }
      sentence.push(end);
      for (let last = 0; last < sentence.length; last++) countEnds(sentence, last);
      sentences++;
      tokens += text.length;
    },
    finish: () => ({ order, words, trie, counts, sentences, tokens, unknownTokens }),
  };
}
