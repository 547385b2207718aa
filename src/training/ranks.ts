/** The processes that train one model together, each on its share of every step's batches. */
export interface Ranks {
  /** From 0; rank 0 decides, and alone writes the run directory. */
  readonly rank: number;
  readonly count: number;
  /** The values (structured clones) of all ranks in their order. Every rank asks in the same place; waiting is idle. */
  gather<T>(own: T): Promise<T[]>;
}

/** A run of one process. */
export const alone: Ranks = { rank: 0, count: 1, gather: async (own) => [own] };

/** Rank 0's value, which the others need not know. */
export async function ofFirst<T>(ranks: Ranks, value: T): Promise<T> {
  const [first] = await ranks.gather(ranks.rank === 0 ? value : undefined);
  return first as T;
}
