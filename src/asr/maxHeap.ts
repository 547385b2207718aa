export interface MaxHeap<T> {
  push(item: T): void;
  /** The largest item, removed; undefined when there is none. */
  pop(): T | undefined;
}

/** Binary heap; `compare` is positive when the first item is the larger one. */
export function createMaxHeap<T>(compare: (a: T, b: T) => number): MaxHeap<T> {
  const items: T[] = [];
  const swap = (a: number, b: number) => {
    [items[a], items[b]] = [items[b]!, items[a]!];
  };
  return {
    push(item) {
      let at = items.push(item) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (compare(items[at]!, items[parent]!) <= 0) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      items[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        if (left >= items.length) return top;
        const child = left + 1 < items.length && compare(items[left + 1]!, items[left]!) > 0 ? left + 1 : left;
        if (compare(items[child]!, items[at]!) <= 0) return top;
        swap(at, child);
        at = child;
      }
    },
  };
}
