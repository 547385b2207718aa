/**
 * Batches of neighbouring lengths, the longest first: as many items as their common length allows within `batchFrames`,
 * padding included, and at least one.
 */
export function cutBatches<T>(items: readonly T[], framesOf: (item: T) => number, batchFrames: number): T[][] {
  const ordered = items.map((item, index) => ({ item, index, frames: framesOf(item) }));
  ordered.sort((a, b) => b.frames - a.frames || a.index - b.index);
  const batches: T[][] = [];
  for (let first = 0; first < ordered.length; ) {
    const rows = Math.max(1, Math.floor(batchFrames / Math.max(1, ordered[first]!.frames)));
    batches.push(ordered.slice(first, first + rows).map(({ item }) => item));
    first += rows;
  }
  return batches;
}
