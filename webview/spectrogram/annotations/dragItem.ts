import type { AnnotationItem, TierKind } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { PlacedItem } from './arrangeItems.ts';

/** What of an item is taken hold of. */
export type Grip = 'start' | 'end' | 'body';

export interface Held {
  position: number;
  grip: Grip;
}

/** How near to an edge the pointer takes hold of it; half of it where the box is narrow. */
const reachPx = 5;

/** What is under the pointer; boxes that touch share their edge, each holding its own side of it. */
export function hitTest(placed: readonly PlacedItem[], px: number, row: number, kind: TierKind): Held | undefined {
  const inRow = placed.filter((box) => box.row === row && px >= box.fromPx - reachPx && px <= box.toPx + reachPx);
  const inside = inRow.findLast(({ fromPx, toPx }) => px >= fromPx && px <= toPx);
  if (kind === 'point') {
    const near = inRow.findLast(({ fromPx }) => Math.abs(px - fromPx) <= reachPx);
    return near ? { position: near.position, grip: 'start' } : inside && { position: inside.position, grip: 'body' };
  }
  if (inside) {
    const reach = Math.min(reachPx, (inside.toPx - inside.fromPx) / 4);
    const grip = px - inside.fromPx <= reach ? 'start' : inside.toPx - px <= reach ? 'end' : 'body';
    return { position: inside.position, grip };
  }
  const beside = inRow.at(-1);
  return beside && { position: beside.position, grip: px < beside.fromPx ? 'start' : 'end' };
}

/** New times of an item. */
export interface Moved {
  position: number;
  startSec: number;
  endSec: number;
}

/** An item is never shorter than this. */
export const shortestItemSec = 0.001;
const touchingSec = 1e-6;

export interface DragRules {
  kind: TierKind;
  durationSec: number;
  /** An edge shared with a neighbour lets go of it. */
  alone: boolean;
}

/**
 * Where items are when an edge, or the start of a whole item, is pulled to a time: nothing passes the ends of the
 * recording or a neighbour, and an edge that two items share moves both.
 */
export function dragItem(
  items: readonly AnnotationItem[],
  { position, grip }: Held,
  toSec: number,
  { kind, durationSec, alone }: DragRules,
): Moved[] {
  const item = items[position]!;
  const [before, after] = [items[position - 1], items[position + 1]];
  const clamp = (sec: number, least: number, most: number) => Math.max(least, Math.min(Math.max(least, most), sec));
  if (kind === 'point') {
    const sec = clamp(toSec, 0, durationSec);
    return [{ position, startSec: sec, endSec: sec }];
  }
  // Neighbours that overlap already are not in the way.
  const leastSec = before && before.endSec <= item.startSec + touchingSec ? before.endSec : 0;
  const mostSec = after && after.startSec >= item.endSec - touchingSec ? after.startSec : durationSec;
  const { startSec, endSec } = item;
  if (grip === 'body') {
    const lengthSec = endSec - startSec;
    const from = clamp(toSec, leastSec, mostSec - lengthSec);
    return [{ position, startSec: from, endSec: from + lengthSec }];
  }
  const touches = (sec: number, other: number | undefined) =>
    !alone && other !== undefined && Math.abs(sec - other) <= touchingSec;
  if (grip === 'start') {
    if (touches(startSec, before?.endSec)) {
      const at = clamp(toSec, before!.startSec + shortestItemSec, endSec - shortestItemSec);
      return [
        { position: position - 1, startSec: before!.startSec, endSec: at },
        { position, startSec: at, endSec },
      ];
    }
    return [{ position, startSec: clamp(toSec, leastSec, endSec - shortestItemSec), endSec }];
  }
  if (touches(endSec, after?.startSec)) {
    const at = clamp(toSec, startSec + shortestItemSec, after!.endSec - shortestItemSec);
    return [
      { position, startSec, endSec: at },
      { position: position + 1, startSec: at, endSec: after!.endSec },
    ];
  }
  return [{ position, startSec, endSec: clamp(toSec, startSec + shortestItemSec, mostSec) }];
}

/** A time with no more digits than a pixel can mean: files stay readable. */
export function roundForZoom(sec: number, secPerPx: number): number {
  const digits = Math.max(3, Math.min(6, Math.ceil(-Math.log10(Math.max(1e-9, secPerPx)))));
  return Number(sec.toFixed(digits));
}
