import type { Stretch } from '../hand/selection.ts';
import { timeScale, type Viewport } from '../hand/viewport.ts';

export interface PlacedBox {
  index: number;
  fromPx: number;
  toPx: number;
}

/** Boxes too narrow to be told apart. */
export interface MergedBoxes {
  fromPx: number;
  toPx: number;
  /** Positions of the first and the last of them. */
  first: number;
  last: number;
}

const narrowPx = 3;
/** How far boxes reach out of sight: an element of a million pixels is not placed exactly. */
const outsidePx = 10;

/**
 * What of many stretches is drawn: bounded by the width, not by their number. They are in the order of their starts and do
 * not overlap by much. The one at `keep` has a box of its own however narrow it is, also out of sight.
 */
export function arrangeBoxes(
  stretches: readonly Stretch[],
  viewport: Viewport,
  widthPx: number,
  keep = -1,
): { boxes: PlacedBox[]; merged: MergedBoxes[] } {
  const { toPx } = timeScale(viewport, widthPx);
  const clamp = (px: number) => Math.max(-outsidePx, Math.min(widthPx + outsidePx, px));
  const boxes: PlacedBox[] = [];
  const merged: MergedBoxes[] = [];
  let open: MergedBoxes | undefined;
  const close = () => {
    if (!open) return;
    const { first, last, fromPx, toPx } = open;
    if (last > first) merged.push(open);
    else boxes.push({ index: first, fromPx, toPx });
    open = undefined;
  };
  const place = (index: number) => {
    const { startSec, endSec } = stretches[index]!;
    const [fromPx, untilPx] = [clamp(toPx(startSec)), clamp(toPx(endSec))];
    if (index === keep || untilPx - fromPx >= narrowPx) {
      close();
      boxes.push({ index, fromPx, toPx: Math.max(untilPx, fromPx + narrowPx) });
    } else if (open && fromPx - open.toPx < narrowPx) {
      open.toPx = Math.max(open.toPx, untilPx);
      open.last = index;
    } else {
      close();
      open = { fromPx, toPx: Math.max(untilPx, fromPx + narrowPx), first: index, last: index };
    }
  };
  const first = firstNear(stretches, viewport.startSec);
  if (keep >= 0 && keep < first) place(keep);
  let index = first;
  for (; index < stretches.length && stretches[index]!.startSec <= viewport.endSec; index++)
    if (stretches[index]!.endSec >= viewport.startSec || index === keep) place(index);
  if (keep >= index && keep < stretches.length) place(keep);
  close();
  return { boxes: boxes.sort((a, b) => a.index - b.index), merged };
}

/** Stretches before a start may reach beyond it: so many of them are looked at. */
const lookBack = 3;

function firstNear(stretches: readonly Stretch[], sec: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.startSec >= sec) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - lookBack);
}
