import type { Ranks } from '../src/training/ranks.ts';

/** Ranks of one process: each gather resolves when all have asked, with what they gave. */
export function ranksTogether(count: number): Ranks[] {
  let given: unknown[] = [];
  let waiting: ((values: unknown[]) => void)[] = [];
  return Array.from({ length: count }, (_, rank) => ({
    rank,
    count,
    gather: <T>(own: T) =>
      new Promise<T[]>((resolve) => {
        given[rank] = structuredClone(own);
        waiting.push(resolve as (values: unknown[]) => void);
        if (waiting.length < count) return;
        const [values, resolvers] = [given, waiting];
        [given, waiting] = [[], []];
        for (const each of resolvers) each(values);
      }),
  }));
}
