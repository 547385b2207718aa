import { alphabetOf } from '../shared/config/alphabet.ts';
import type { Problem } from '../shared/problem.ts';
import { createMaxHeap } from './maxHeap.ts';
import { BLANK } from './tokenizer.ts';
import { normalizeText, type TextConfig } from './transcript.ts';
import { createPieceMerger, wordsWithSpaces } from './wordPieces.ts';

export interface BpeTraining {
  /** Blank, the characters of the alphabet, then the merged pieces in the order in which they were found. */
  vocabulary: string[];
  /** The text is too small for the vocabulary asked for; `vocabulary` then is the largest it gives. */
  problem?: Problem;
}

/** A piece seen once would be learnt from one utterance. */
const fewestOccurrences = 2;

/**
 * Byte-pair encoding (Sennrich et al. 2016) over the words of the normalised transcripts: the most frequent pair of
 * neighbours becomes a piece, again and again. Words carry a leading space instead of Sennrich's end mark, where the
 * alphabet has a space. Of equally frequent pairs the one whose left piece, then right piece comes first in the
 * vocabulary wins. What stands side by side in a word is cut the same by itself, so no two pairs make one piece, and the
 * vocabulary alone says how words are cut. Transcripts with characters outside the alphabet are left out.
 */
export function trainBpe(texts: Iterable<string>, config: TextConfig, vocabularySize: number): BpeTraining {
  const vocabulary = [BLANK, ...alphabetOf(config)];
  const merger = createPieceMerger(vocabulary);
  const words = countWords(texts, config, merger.indexOf);
  const pairs = createPairCounts(words);
  for (const word of words.keys()) pairs.add(word, 1);
  while (vocabulary.length < vocabularySize) {
    const best = pairs.takeBest();
    if (!best) return { vocabulary, problem: tooLarge(vocabularySize, vocabulary.length) };
    const piece = vocabulary[best.left]! + vocabulary[best.right]!;
    merger.add(piece);
    vocabulary.push(piece);
    for (const word of best.words) {
      const counted = words[word]!;
      const pieces = merger.merge(counted.pieces);
      if (pieces.length === counted.pieces.length) continue;
      pairs.add(word, -1);
      counted.pieces = pieces;
      pairs.add(word, 1);
    }
  }
  return { vocabulary };
}

interface Pair {
  left: number;
  right: number;
  words: ReadonlySet<number>;
}

interface CountedWord {
  pieces: readonly number[];
  count: number;
}

function countWords(
  texts: Iterable<string>,
  config: TextConfig,
  indexOf: (piece: string) => number | undefined,
): CountedWord[] {
  const spaced = alphabetOf(config).includes(' ');
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of wordsWithSpaces(normalizeText(text, config), spaced))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  const words: CountedWord[] = [];
  for (const [word, count] of counts) {
    const pieces = [...word].map(indexOf).filter((index) => index !== undefined);
    if (pieces.length === [...word].length) words.push({ pieces, count });
  }
  return words;
}

const pairBase = 2 ** 26;

/** How often each pair of neighbours occurs, and in which words; kept up to date word by word. */
function createPairCounts(words: readonly CountedWord[]) {
  const pairs = new Map<number, { count: number; words: Set<number> }>();
  // An entry is current when its count still is the pair's; a smaller key is the earlier pair.
  const heap = createMaxHeap<{ count: number; key: number }>((a, b) => a.count - b.count || b.key - a.key);
  const keyOf = (left: number, right: number) => left * pairBase + right;
  return {
    add(word: number, sign: 1 | -1) {
      const { pieces, count } = words[word]!;
      for (let i = 1; i < pieces.length; i++) {
        const key = keyOf(pieces[i - 1]!, pieces[i]!);
        const pair = pairs.get(key) ?? { count: 0, words: new Set<number>() };
        pairs.set(key, pair);
        pair.count += sign * count;
        if (sign > 0) pair.words.add(word);
        if (pair.count > 0) heap.push({ count: pair.count, key });
        else pairs.delete(key);
      }
    },
    takeBest(): Pair | undefined {
      for (let top = heap.pop(); top; top = heap.pop()) {
        const pair = pairs.get(top.key);
        if (pair?.count !== top.count) continue;
        if (pair.count < fewestOccurrences) return undefined;
        return { left: Math.floor(top.key / pairBase), right: top.key % pairBase, words: new Set(pair.words) };
      }
      return undefined;
    },
  };
}

function tooLarge(wanted: number, largest: number): Problem {
  return {
    code: 'vocabulary',
    severity: 'error',
    message: `tokenizer.vocabularySize is ${wanted}, but the training transcripts give at most ${largest} units: no further pair of pieces occurs twice`,
  };
}
