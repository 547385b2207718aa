/** The visible part of the frequency axis: shares of its full height from the bottom, `low` below `high`. */
export interface Bands {
  low: number;
  high: number;
}

export const allBands: Bands = { low: 0, high: 1 };
/** The closest zoom still shows this many bins. */
const fewestBins = 4;

/** Smallest visible share of an axis of `bins` rows. */
export const minBandSpan = (bins: number): number => Math.min(1, fewestBins / Math.max(1, bins));

/** Keeps the span where it can be kept, and the part on the axis. */
export function clampBands({ low, high }: Bands, minSpan: number): Bands {
  const span = Math.min(1, Math.max(minSpan, high - low));
  const from = Math.max(0, Math.min(1 - span, low));
  return { low: from, high: from + span };
}

/** Factor above 1 zooms in; the share at `anchor` stays where it is. */
export function zoomBandsAt({ low, high }: Bands, anchor: number, factor: number, minSpan: number): Bands {
  const span = high - low;
  const newSpan = Math.min(1, Math.max(minSpan, span / factor));
  const from = anchor - ((anchor - low) * newSpan) / span;
  return clampBands({ low: from, high: from + newSpan }, minSpan);
}

export function panBands({ low, high }: Bands, delta: number, minSpan: number): Bands {
  return clampBands({ low: low + delta, high: high + delta }, minSpan);
}

/** The same zoom, moved no further than needed for a row of `height` around `share` to be seen. */
export function revealBand(bands: Bands, share: number, height: number, minSpan: number): Bands {
  const [below, above] = [share - height / 2, share + height / 2];
  if (below < bands.low) return panBands(bands, below - bands.low, minSpan);
  return above > bands.high ? panBands(bands, above - bands.high, minSpan) : bands;
}

/** Undefined for everything: what is kept when nothing is zoomed. */
export function keptBands({ low, high }: Bands): Bands | undefined {
  return low <= 1e-9 && high >= 1 - 1e-9 ? undefined : { low, high };
}

/** Between shares of the axis and places of a lane `heightPx` tall, counted from its top. */
export function bandScale({ low, high }: Bands, heightPx: number) {
  const sharePerPx = (high - low) / Math.max(1, heightPx);
  return {
    sharePerPx,
    toPx: (share: number) => (high - share) / sharePerPx,
    toShare: (px: number) => high - px * sharePerPx,
  };
}
