import type { Ranks } from '../ranks.ts';

/** The batches of one optimizer step. */
export interface DealtGroup {
  /** Places in the plan of those that this rank computes. */
  own: number[];
  /** Cursor after the step. */
  end: number;
}

/**
 * Deals a plan from a cursor on: each step takes `accumulate` batches for every rank, the first rank the first ones, so
 * that several ranks train as one rank does that accumulates as many times more.
 */
export function dealGroups(
  batches: number,
  start: number,
  accumulate: number,
  { rank, count }: Pick<Ranks, 'rank' | 'count'>,
): DealtGroup[] {
  const groups: DealtGroup[] = [];
  const size = accumulate * count;
  for (let from = start; from < batches; from += size) {
    const end = Math.min(batches, from + size);
    const first = from + rank * accumulate;
    const own = Array.from({ length: accumulate }, (_, i) => first + i).filter((index) => index < end);
    groups.push({ own, end });
  }
  return groups;
}
