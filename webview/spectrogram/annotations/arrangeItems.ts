import type { TierKind } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { timeScale, type Viewport } from '../hand/viewport.ts';
import { type ItemIndex, itemsNear } from './itemIndex.ts';

/** Where an item is drawn. A point's box reaches to the next point: so much room its text has. */
export interface PlacedItem {
  position: number;
  row: number;
  fromPx: number;
  toPx: number;
}

/** Items too narrow to be told apart. */
export interface Bar {
  row: number;
  fromPx: number;
  toPx: number;
  count: number;
}

export interface Arrangement {
  items: PlacedItem[];
  bars: Bar[];
}

/** Boxes narrower than this merge into a bar, in rows that would hold many boxes sooner. */
const narrowPx = 3;
const narrowAmongManyPx = 8;
const many = 400;
/** How far boxes reach out of sight: an element of a million pixels is not placed exactly. */
const outsidePx = 10;

export interface Sight {
  viewport: Viewport;
  widthPx: number;
  kind: TierKind;
  /** An item that gets its own box however narrow it is, also out of sight. */
  keep: number | undefined;
}

/** What of a tier is drawn: work and elements are bounded by the width, not by the number of items. */
export function arrangeItems(index: ItemIndex, { viewport, widthPx, kind, keep }: Sight): Arrangement {
  const { items, rows } = index;
  const { toPx } = timeScale(viewport, widthPx);
  const { first, end } = itemsNear(index, viewport.startSec, viewport.endSec);
  const leastPx = end - first > many ? narrowAmongManyPx : narrowPx;
  const placed: PlacedItem[] = [];
  const bars: Bar[] = [];
  const open: (Bar & { first: number })[] = [];
  const close = (row: number) => {
    const bar = open[row];
    if (!bar) return;
    delete open[row];
    const { first: position, ...rest } = bar;
    if (bar.count > 1) bars.push({ ...rest, toPx: Math.max(bar.toPx, bar.fromPx + narrowPx) });
    else placed.push({ position, row, fromPx: bar.fromPx, toPx: Math.max(bar.toPx, bar.fromPx + narrowPx) });
  };
  const endSec = (i: number) => (kind === 'point' ? (items[i + 1]?.startSec ?? viewport.endSec + 1) : items[i]!.endSec);
  const place = (position: number) => {
    const row = rows[position]!;
    const fromPx = toPx(items[position]!.startSec);
    const untilPx = Math.max(fromPx, toPx(endSec(position)));
    const seen = untilPx >= 0 && fromPx <= widthPx;
    if (!seen && position !== keep) return;
    const box = { row, fromPx: clamp(fromPx, widthPx), toPx: clamp(untilPx, widthPx) };
    const wide = untilPx - fromPx >= leastPx;
    if (wide || position === keep) {
      close(row);
      placed.push({ position, ...box, toPx: Math.max(box.toPx, box.fromPx + narrowPx) });
      return;
    }
    const bar = open[row];
    if (bar && box.fromPx - bar.toPx < leastPx) {
      bar.toPx = Math.max(bar.toPx, box.toPx);
      bar.count++;
      return;
    }
    close(row);
    open[row] = { ...box, count: 1, first: position };
  };
  if (keep !== undefined && keep < first) place(keep);
  for (let position = first; position < end; position++) place(position);
  if (keep !== undefined && keep >= end && keep < items.length) place(keep);
  for (const row of open.keys()) close(row);
  placed.sort((a, b) => a.position - b.position);
  return { items: placed, bars };
}

const clamp = (px: number, widthPx: number) => Math.max(-outsidePx, Math.min(widthPx + outsidePx, px));
