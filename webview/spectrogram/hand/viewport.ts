/** The visible stretch of a clip. */
export interface Viewport {
  startSec: number;
  endSec: number;
}

export interface Limits {
  durationSec: number;
  /** The closest zoom. */
  minSpanSec: number;
  /** Beyond the clip on either side, as far as a linked recording reaches. */
  reach?: Viewport | undefined;
}

/** Everything that can be brought into view. */
export function extentOf({ durationSec, minSpanSec, reach }: Limits): Viewport {
  const longest = Math.max(durationSec, minSpanSec);
  return { startSec: Math.min(0, reach?.startSec ?? 0), endSec: Math.max(longest, reach?.endSec ?? 0) };
}

export const fitAll = (limits: Limits): Viewport => extentOf(limits);

/** Keeps the span where it can be kept, and the stretch inside the clip. */
export function clampViewport(viewport: Viewport, limits: Limits): Viewport {
  const extent = extentOf(limits);
  const longest = extent.endSec - extent.startSec;
  const spanSec = Math.min(longest, Math.max(limits.minSpanSec, viewport.endSec - viewport.startSec));
  const startSec = Math.max(extent.startSec, Math.min(extent.endSec - spanSec, viewport.startSec));
  return { startSec, endSec: startSec + spanSec };
}

/** Factor above 1 zooms in; the time at `anchorSec` stays where it is. */
export function zoomAt(viewport: Viewport, anchorSec: number, factor: number, limits: Limits): Viewport {
  const extent = extentOf(limits);
  const longest = extent.endSec - extent.startSec;
  const spanSec = viewport.endSec - viewport.startSec;
  const newSpanSec = Math.min(longest, Math.max(limits.minSpanSec, spanSec / factor));
  const startSec = anchorSec - ((anchorSec - viewport.startSec) * newSpanSec) / spanSec;
  return clampViewport({ startSec, endSec: startSec + newSpanSec }, limits);
}

export function panBy(viewport: Viewport, deltaSec: number, limits: Limits): Viewport {
  return clampViewport({ startSec: viewport.startSec + deltaSec, endSec: viewport.endSec + deltaSec }, limits);
}

/** The same zoom, moved no further than needed for `sec` to be seen with some room around it. */
export function reveal(viewport: Viewport, sec: number, limits: Limits, marginShare = 0.05): Viewport {
  const spanSec = viewport.endSec - viewport.startSec;
  const margin = spanSec * marginShare;
  if (sec < viewport.startSec + margin) return panBy(viewport, sec - margin - viewport.startSec, limits);
  if (sec > viewport.endSec - margin) return panBy(viewport, sec + margin - viewport.endSec, limits);
  return viewport;
}

/** A stretch with a little of what surrounds it. */
export function zoomTo(startSec: number, endSec: number, limits: Limits): Viewport {
  const margin = (endSec - startSec) * 0.05;
  return clampViewport({ startSec: startSec - margin, endSec: endSec + margin }, limits);
}

/** Between times and horizontal places of a lane `widthPx` wide. */
export function timeScale({ startSec, endSec }: Viewport, widthPx: number) {
  const secPerPx = (endSec - startSec) / Math.max(1, widthPx);
  return {
    secPerPx,
    toPx: (sec: number) => (sec - startSec) / secPerPx,
    toSec: (px: number) => startSec + px * secPerPx,
  };
}
