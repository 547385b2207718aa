export interface GrowingList {
  push(value: number): void;
  /** What was pushed so far, not a copy. */
  values(): Float64Array;
}

/** Numbers whose count is not known beforehand, 8 bytes each. */
export function createGrowingList(): GrowingList {
  let held = new Float64Array(1024);
  let count = 0;
  return {
    push(value) {
      if (count === held.length) {
        const longer = new Float64Array(2 * held.length);
        longer.set(held);
        held = longer;
      }
      held[count++] = value;
    },
    values: () => held.subarray(0, count),
  };
}
