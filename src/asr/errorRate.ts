import { splitWords } from './transcript.ts';

export interface ErrorCounts {
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Units of the reference. */
  reference: number;
}

export type AlignedPair =
  | { kind: 'match' | 'substitution'; reference: string; hypothesis: string }
  | { kind: 'deletion'; reference: string }
  | { kind: 'insertion'; hypothesis: string };

/**
 * Alignment of two sequences with the fewest errors, and among those with the most matches: two errors are rather an
 * insertion and a deletion around a match than two substitutions, as sclite's weights 3, 3, 4 have it.
 */
export function alignSequences(reference: readonly string[], hypothesis: readonly string[]): AlignedPair[] {
  const moves = editMoves(reference, hypothesis);
  const width = hypothesis.length + 1;
  const pairs: AlignedPair[] = [];
  let i = reference.length;
  let j = hypothesis.length;
  while (i > 0 || j > 0) {
    const move = moves[i * width + j];
    if (move === DELETION) {
      pairs.push({ kind: 'deletion', reference: reference[--i]! });
    } else if (move === INSERTION) {
      pairs.push({ kind: 'insertion', hypothesis: hypothesis[--j]! });
    } else {
      i--;
      j--;
      const kind = reference[i] === hypothesis[j] ? 'match' : 'substitution';
      pairs.push({ kind, reference: reference[i]!, hypothesis: hypothesis[j]! });
    }
  }
  return pairs.reverse();
}

export function countErrors(pairs: readonly Pick<AlignedPair, 'kind'>[]): ErrorCounts {
  const counts: ErrorCounts = { substitutions: 0, deletions: 0, insertions: 0, reference: 0 };
  for (const pair of pairs) {
    if (pair.kind !== 'insertion') counts.reference++;
    if (pair.kind === 'substitution') counts.substitutions++;
    else if (pair.kind === 'deletion') counts.deletions++;
    else if (pair.kind === 'insertion') counts.insertions++;
  }
  return counts;
}

/** Errors in words of two normalised transcripts. */
export function wordErrors(reference: string, hypothesis: string): ErrorCounts {
  return countErrors(alignSequences(splitWords(reference), splitWords(hypothesis)));
}

/** Errors in characters (code points, spaces included) of two normalised transcripts. */
export function characterErrors(reference: string, hypothesis: string): ErrorCounts {
  return countErrors(alignSequences([...reference], [...hypothesis]));
}

export function addErrors(a: ErrorCounts, b: ErrorCounts): ErrorCounts {
  return {
    substitutions: a.substitutions + b.substitutions,
    deletions: a.deletions + b.deletions,
    insertions: a.insertions + b.insertions,
    reference: a.reference + b.reference,
  };
}

export const NO_ERRORS: ErrorCounts = { substitutions: 0, deletions: 0, insertions: 0, reference: 0 };

/** Errors per unit of the reference, as a fraction (may pass 1). With an empty reference: 0 for no error, otherwise 1. */
export function errorRate(counts: ErrorCounts): number {
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  return counts.reference > 0 ? errors / counts.reference : Math.min(1, errors);
}

/** Word error rate of a whole set: all errors over all reference words, never the mean of the utterances' rates. */
export function wordErrorRate(pairs: Iterable<{ reference: string; hypothesis: string }>): number {
  return errorRate(total(pairs, wordErrors));
}

/** Character error rate of a whole set. */
export function characterErrorRate(pairs: Iterable<{ reference: string; hypothesis: string }>): number {
  return errorRate(total(pairs, characterErrors));
}

function total(
  pairs: Iterable<{ reference: string; hypothesis: string }>,
  count: (reference: string, hypothesis: string) => ErrorCounts,
): ErrorCounts {
  let sum = NO_ERRORS;
  for (const { reference, hypothesis } of pairs) sum = addErrors(sum, count(reference, hypothesis));
  return sum;
}

const DIAGONAL = 0;
const DELETION = 1;
const INSERTION = 2;

/** Last move into every cell, [reference + 1, hypothesis + 1]. A cell's cost is errors × scale + substitutions. */
function editMoves(reference: readonly string[], hypothesis: readonly string[]): Uint8Array {
  const rows = reference.length + 1;
  const width = hypothesis.length + 1;
  const scale = rows + width;
  const moves = new Uint8Array(rows * width);
  let above = new Float64Array(width);
  let row = new Float64Array(width);
  for (let j = 1; j < width; j++) {
    above[j] = j * scale;
    moves[j] = INSERTION;
  }
  for (let i = 1; i < rows; i++) {
    row[0] = i * scale;
    moves[i * width] = DELETION;
    const unit = reference[i - 1];
    for (let j = 1; j < width; j++) {
      let cost = above[j - 1]! + (unit === hypothesis[j - 1] ? 0 : scale + 1);
      let move = DIAGONAL;
      if (above[j]! + scale < cost) {
        cost = above[j]! + scale;
        move = DELETION;
      }
      if (row[j - 1]! + scale < cost) {
        cost = row[j - 1]! + scale;
        move = INSERTION;
      }
      row[j] = cost;
      moves[i * width + j] = move;
    }
    [above, row] = [row, above];
  }
  return moves;
}
