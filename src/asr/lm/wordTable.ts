/** Words with numbers from 0, in the order in which they were first met; kept as UTF-8 in one block. */
export interface WordTable {
  readonly size: number;
  /** Number of the word that is the bytes [start, end), −1 for one not met yet. */
  find(bytes: Uint8Array, start: number, end: number): number;
  /** The same, and a word not met yet gets the next number. */
  intern(bytes: Uint8Array, start: number, end: number): number;
  indexOf(word: string): number;
  add(word: string): number;
  textOf(word: number): string;
}

/** No JavaScript object per word: a language model has hundreds of thousands. */
export function createWordTable(): WordTable {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let block = new Uint8Array(1 << 12);
  let ends = new Int32Array(1 << 9);
  let slots = new Int32Array(1 << 10).fill(-1);
  let size = 0;
  const startOf = (word: number) => (word === 0 ? 0 : ends[word - 1]!);
  const isSame = (word: number, bytes: Uint8Array, start: number, end: number) => {
    const from = startOf(word);
    if (ends[word]! - from !== end - start) return false;
    for (let i = start; i < end; i++) if (block[from + i - start] !== bytes[i]) return false;
    return true;
  };
  const slotOf = (bytes: Uint8Array, start: number, end: number) => {
    let slot = hashBytes(bytes, start, end) & (slots.length - 1);
    while (slots[slot]! >= 0 && !isSame(slots[slot]!, bytes, start, end)) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const grow = () => {
    slots = new Int32Array(2 * slots.length).fill(-1);
    for (let word = 0; word < size; word++) slots[slotOf(block, startOf(word), ends[word]!)] = word;
  };
  const intern = (bytes: Uint8Array, start: number, end: number) => {
    let slot = slotOf(bytes, start, end);
    if (slots[slot]! >= 0) return slots[slot]!;
    if (2 * size >= slots.length) {
      grow();
      slot = slotOf(bytes, start, end);
    }
    const from = startOf(size);
    const to = from + end - start;
    if (size >= ends.length) ends = enlarged(ends, new Int32Array(2 * ends.length));
    if (to > block.length) block = enlarged(block, new Uint8Array(2 * to));
    block.set(bytes.subarray(start, end), from);
    ends[size] = to;
    slots[slot] = size;
    return size++;
  };
  return {
    get size() {
      return size;
    },
    find: (bytes, start, end) => slots[slotOf(bytes, start, end)]!,
    intern,
    indexOf(word) {
      const bytes = encoder.encode(word);
      return slots[slotOf(bytes, 0, bytes.length)]!;
    },
    add(word) {
      const bytes = encoder.encode(word);
      return intern(bytes, 0, bytes.length);
    },
    textOf: (word) => decoder.decode(block.subarray(startOf(word), ends[word])),
  };
}

/** FNV-1a, its high bits folded into the low ones that choose the slot. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function enlarged<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
