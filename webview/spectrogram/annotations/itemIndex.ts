import type { AnnotationItem } from '../../../src/shared/protocol/spectrogramAnnotations.ts';

/** Items of a tier, ordered by start, prepared for finding those of a stretch quickly. */
export interface ItemIndex {
  readonly items: readonly AnnotationItem[];
  /** Latest end among the items up to and including each: what makes a search possible where items overlap. */
  readonly latestEndSec: Float64Array;
  /** Items that overlap are put into rows of their own, as far as there are rows. */
  readonly rows: Uint8Array;
  readonly rowCount: number;
}

const mostRows = 3;
/** Times written with six decimals may overlap by their rounding. */
const roundingSec = 1e-6;

export function indexItems(items: readonly AnnotationItem[]): ItemIndex {
  const latestEndSec = new Float64Array(items.length);
  const rows = new Uint8Array(items.length);
  const rowEndSec: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const [i, { startSec, endSec }] of items.entries()) {
    latest = Math.max(latest, endSec);
    latestEndSec[i] = latest;
    const free = rowEndSec.findIndex((end) => startSec >= end - roundingSec);
    const row = free >= 0 ? free : Math.min(rowEndSec.length, mostRows - 1);
    rowEndSec[row] = Math.max(rowEndSec[row] ?? endSec, endSec);
    rows[i] = row;
  }
  return { items, latestEndSec, rows, rowCount: Math.max(1, rowEndSec.length) };
}

/** Positions `first` to `end` (exclusive) hold every item that touches the stretch, and maybe some that do not. */
export function itemsNear(index: ItemIndex, startSec: number, endSec: number): { first: number; end: number } {
  const { items, latestEndSec } = index;
  const first = firstWhere(items.length, (i) => latestEndSec[i]! >= startSec);
  const end = firstWhere(items.length, (i) => items[i]!.startSec > endSec);
  return { first, end: Math.max(first, end) };
}

/** Position of the item at a time; of several, the one that begins last. */
export function positionAt(index: ItemIndex, sec: number): number | undefined {
  const { first, end } = itemsNear(index, sec, sec);
  for (let i = end - 1; i >= first; i--) {
    const { startSec, endSec } = index.items[i]!;
    if (startSec <= sec && (sec < endSec || startSec === sec)) return i;
  }
  return undefined;
}

/** Position of the item whose middle is nearest to a time. */
export function positionNearest(index: ItemIndex, sec: number): number | undefined {
  const inside = positionAt(index, sec);
  if (inside !== undefined || index.items.length === 0) return inside;
  const after = firstWhere(index.items.length, (i) => index.items[i]!.startSec >= sec);
  const distance = (i: number) => {
    const item = index.items[i];
    return item ? Math.max(item.startSec - sec, sec - item.endSec) : Number.POSITIVE_INFINITY;
  };
  return distance(after) <= distance(after - 1) ? after : after - 1;
}

/** The least of 0 … count − 1 that passes a test which, once passed, stays passed; `count` when none does. */
function firstWhere(count: number, test: (position: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
