/**
 * N-grams as nodes of a trie: a node is its words from first to last, node 0 the empty n-gram, and a child is found by
 * hashing (parent, word). 20 bytes a node in typed arrays.
 */
export interface NgramTrie {
  /** Nodes, with node 0. They are numbered in the order of insertion, so a parent comes before its children. */
  readonly size: number;
  /** −1 where there is none. */
  find(parent: number, word: number): number;
  /** Finds or makes the child. */
  insert(parent: number, word: number): number;
  parentOf(node: number): number;
  /** The last word of the n-gram. */
  wordOf(node: number): number;
  /** Words of the n-gram. */
  orderOf(node: number): number;
}

/** @param expected nodes that there is room for at once; more come at the price of moving all */
export function createNgramTrie(expected = 1 << 10): NgramTrie {
  let room = Math.max(16, expected + 1);
  let parents = new Int32Array(room);
  let words = new Int32Array(room).fill(-1, 0, 1);
  let orders = new Uint8Array(room);
  let slots = new Int32Array(slotsFor(room));
  let mask = slots.length - 1;
  let size = 1;
  // Node 0 is no child, so 0 marks a free slot.
  const slotOf = (parent: number, word: number) => {
    let slot = hashPair(parent, word) & mask;
    for (let node = slots[slot]!; node !== 0; node = slots[slot]!) {
      if (words[node] === word && parents[node] === parent) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const grow = () => {
    room *= 2;
    parents = copied(parents, new Int32Array(room));
    words = copied(words, new Int32Array(room));
    orders = copied(orders, new Uint8Array(room));
    slots = new Int32Array(slotsFor(room));
    mask = slots.length - 1;
    for (let node = 1; node < size; node++) slots[slotOf(parents[node]!, words[node]!)] = node;
  };
  return {
    get size() {
      return size;
    },
    find: (parent, word) => slots[slotOf(parent, word)]! || -1,
    insert(parent, word) {
      let slot = slotOf(parent, word);
      if (slots[slot]! !== 0) return slots[slot]!;
      if (size >= room) {
        grow();
        slot = slotOf(parent, word);
      }
      parents[size] = parent;
      words[size] = word;
      orders[size] = orders[parent]! + 1;
      slots[slot] = size;
      return size++;
    },
    parentOf: (node) => parents[node]!,
    wordOf: (node) => words[node]!,
    orderOf: (node) => orders[node]!,
  };
}

const slotsFor = (nodes: number) => 2 ** Math.ceil(Math.log2(1.6 * nodes));

function hashPair(parent: number, word: number): number {
  let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(word + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function copied<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The words of a node, first to last. */
export function wordsOfNode(trie: Pick<NgramTrie, 'parentOf' | 'wordOf'>, node: number): number[] {
  const words: number[] = [];
  for (let at = node; at !== 0; at = trie.parentOf(at)) words.unshift(trie.wordOf(at));
  return words;
}
