export interface BlockPlan {
  /** Samples of each block. */
  length: number;
  /** First sample of a block, rising with it. */
  startOf(block: number): number;
  /** Samples that must be at hand before each block, where the signal has them. */
  before?: number;
}

/**
 * Walks through overlapping blocks of a signal that comes in pieces. `take` is called with each whole block once, in
 * order: it begins at `at` in `samples`, which hold at least the block.
 */
export function createBlockWalk(
  { length, startOf, before = 0 }: BlockPlan,
  take: (samples: Float32Array, at: number, block: number) => void,
): { add(samples: Float32Array): void } {
  let held: Float32Array = new Float32Array(0);
  let firstSample = 0;
  let block = 0;
  return {
    add(samples) {
      const joined = held.length === 0 ? samples : join(held, samples);
      const end = firstSample + joined.length;
      while (startOf(block) + length <= end) {
        take(joined, startOf(block) - firstSample, block);
        block++;
      }
      const keepFrom = Math.min(joined.length, Math.max(0, startOf(block) - before - firstSample));
      held = joined.slice(keepFrom);
      firstSample += keepFrom;
    },
  };
}

function join(first: Float32Array, second: Float32Array): Float32Array {
  const joined = new Float32Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
