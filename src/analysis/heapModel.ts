/** A heap as glibc's malloc keeps it: best fit among freed pieces, neighbours joined, the end raised when none fits. */
export interface Heap {
  allocate(bytes: number): Block;
  free(block: Block): void;
  /** Highest end so far; memory given back to the heap stays with the process. */
  readonly peak: number;
  /** Bytes in use now. */
  readonly used: number;
}

export interface Block {
  from: number;
  to: number;
}

/** Tensors are aligned to this, and malloc keeps a header. */
const alignment = 64;

export function createHeap(): Heap {
  /** By address. */
  const holes: Block[] = [];
  let end = 0;
  let peak = 0;
  let used = 0;
  return {
    get peak() {
      return peak;
    },
    get used() {
      return used;
    },
    allocate(bytes) {
      const size = Math.ceil(Math.max(bytes, 1) / alignment + 1) * alignment;
      used += size;
      let best: number | undefined;
      for (const [i, hole] of holes.entries()) {
        const room = hole.to - hole.from;
        if (room >= size && (best === undefined || room < holes[best]!.to - holes[best]!.from)) best = i;
      }
      if (best === undefined) {
        end += size;
        peak = Math.max(peak, end);
        return { from: end - size, to: end };
      }
      const hole = holes[best]!;
      const block = { from: hole.from, to: hole.from + size };
      if (block.to === hole.to) holes.splice(best, 1);
      else hole.from = block.to;
      return block;
    },
    free(block) {
      used -= block.to - block.from;
      let at = holes.findIndex((hole) => hole.from > block.from);
      if (at < 0) at = holes.length;
      const before = holes[at - 1];
      const after = holes[at];
      const joined = { ...block };
      if (before && before.to === joined.from) {
        joined.from = before.from;
        holes.splice(--at, 1);
      }
      if (after && after.from === joined.to) {
        joined.to = after.to;
        holes.splice(at, 1);
      }
      if (joined.to === end) end = joined.from;
      else holes.splice(at, 0, joined);
    },
  };
}
