import { alignSequences } from '../errorRate.ts';
import type { Word } from '../words.ts';

/** A word of the whole recording's result, or of the stream's, or of both. */
export interface ComparedWord {
  kind: 'match' | 'substitution' | 'deletion' | 'insertion';
  /** At once. */
  offline?: string;
  /** Chunk by chunk. */
  streamed?: string;
  startSec: number;
  endSec: number;
  /** For a difference: the edge inside the word, or within a frame of it. */
  edgeSec?: number;
}

/**
 * What streaming changed: both results word by word, with the edge of a chunk or an utterance at each difference.
 * @param edges ascending, in seconds
 * @param toleranceSec how far from a word an edge still counts
 */
export function compareWords(
  offline: readonly Word[],
  streamed: readonly Word[],
  edges: readonly number[],
  toleranceSec: number,
): ComparedWord[] {
  const texts = (words: readonly Word[]) => words.map(({ text }) => text);
  let i = 0;
  let j = 0;
  return alignSequences(texts(offline), texts(streamed)).map((pair): ComparedWord => {
    const one = pair.kind === 'insertion' ? undefined : offline[i++];
    const other = pair.kind === 'deletion' ? undefined : streamed[j++];
    const { startSec, endSec } = (one ?? other)!;
    const edgeSec = pair.kind === 'match' ? undefined : edgeIn(edges, startSec - toleranceSec, endSec + toleranceSec);
    return {
      kind: pair.kind,
      ...(one ? { offline: one.text } : {}),
      ...(other ? { streamed: other.text } : {}),
      startSec,
      endSec,
      ...(edgeSec === undefined ? {} : { edgeSec }),
    };
  });
}

const edgeIn = (edges: readonly number[], from: number, to: number) => edges.find((edge) => edge >= from && edge <= to);

/** Words the whole recording's result has and the stream's has not, or has otherwise, where an edge fell. */
export const lostAtEdges = (words: readonly ComparedWord[]): number =>
  words.filter(({ offline, kind, edgeSec }) => offline !== undefined && kind !== 'match' && edgeSec !== undefined)
    .length;
