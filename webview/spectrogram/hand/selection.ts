/** A marked stretch: it was begun at the anchor and reaches to the head, on either side. */
export interface Selection {
  anchorSec: number;
  headSec: number;
}

export interface Stretch {
  startSec: number;
  endSec: number;
}

/** Shorter than this is a click, not a stretch. */
export const shortestSec = 0.001;

export function stretchOf(selection: Selection | undefined): Stretch | undefined {
  if (!selection) return undefined;
  const startSec = Math.min(selection.anchorSec, selection.headSec);
  const endSec = Math.max(selection.anchorSec, selection.headSec);
  return endSec - startSec >= shortestSec ? { startSec, endSec } : undefined;
}

/** Moves the head; without a selection one begins at `fromSec`. */
export function extendTo(selection: Selection | undefined, fromSec: number, headSec: number): Selection {
  return { anchorSec: selection?.anchorSec ?? fromSec, headSec };
}

/** Puts one edge at a time; the other stays, or is the clip's end where there was none or it would be passed. */
export function setEdge(
  selection: Selection | undefined,
  edge: 'start' | 'end',
  sec: number,
  durationSec: number,
): Selection {
  const stretch = stretchOf(selection);
  if (edge === 'start') {
    const endSec = stretch && stretch.endSec - sec >= shortestSec ? stretch.endSec : durationSec;
    return { anchorSec: sec, headSec: endSec };
  }
  const startSec = stretch && sec - stretch.startSec >= shortestSec ? stretch.startSec : 0;
  return { anchorSec: startSec, headSec: sec };
}

export function clampSelection(selection: Selection | undefined, durationSec: number): Selection | undefined {
  if (!selection) return undefined;
  const clamp = (sec: number) => Math.max(0, Math.min(durationSec, sec));
  const clamped = { anchorSec: clamp(selection.anchorSec), headSec: clamp(selection.headSec) };
  return stretchOf(clamped) ? clamped : undefined;
}
