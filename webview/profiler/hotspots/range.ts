/** A stretch of the horizontal axis, in ms. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Below it a block cannot be told from its neighbours: a nanosecond. */
const smallestMs = 1e-6;

/** The range moved and cut to lie within 0 and `spanMs`. */
export function clampRange({ start, end }: Range, spanMs: number): Range {
  const length = Math.min(spanMs, Math.max(smallestMs, end - start));
  const from = Math.min(spanMs - length, Math.max(0, start));
  return { start: from, end: from + length };
}

/** The range shortened by a factor around a place that stays where it is. */
export function zoomRange(range: Range, factor: number, at: number, spanMs: number): Range {
  return clampRange({ start: at - (at - range.start) / factor, end: at + (range.end - at) / factor }, spanMs);
}

/** The range moved by a share of its length. */
export function panRange({ start, end }: Range, share: number, spanMs: number): Range {
  const by = share * (end - start);
  return clampRange({ start: start + by, end: end + by }, spanMs);
}
