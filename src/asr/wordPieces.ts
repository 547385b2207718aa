export interface PieceMerger {
  indexOf(piece: string): number | undefined;
  /** A new piece, which comes after all known ones. */
  add(piece: string): void;
  /** Pieces of a word joined as far as the vocabulary goes: the leftmost of the pairs that make the earliest piece, repeatedly. */
  merge(pieces: readonly number[]): number[];
}

/** Merging by rank: a piece's rank is its place in the vocabulary, whose entry 0 is the blank. */
export function createPieceMerger(vocabulary: readonly string[]): PieceMerger {
  const texts = [...vocabulary];
  const indices = new Map(texts.map((piece, index) => [piece, index]));
  indices.delete(texts[0]!);
  return {
    indexOf: (piece) => indices.get(piece),
    add(piece) {
      indices.set(piece, texts.length);
      texts.push(piece);
    },
    merge(pieces) {
      const merged = [...pieces];
      for (;;) {
        let best = Number.POSITIVE_INFINITY;
        let at = -1;
        for (let i = 1; i < merged.length; i++) {
          const rank = indices.get(texts[merged[i - 1]!]! + texts[merged[i]!]!);
          if (rank !== undefined && rank < best) [best, at] = [rank, i - 1];
        }
        if (at < 0) return merged;
        merged.splice(at, 2, best);
      }
    },
  };
}

/** Words of a normalised text as they are cut into pieces: each behind its space, where the alphabet has one. */
export function wordsWithSpaces(text: string, spaced: boolean): string[] {
  if (text === '') return [];
  return spaced ? text.split(' ').map((word) => ` ${word}`) : [text];
}
