/** How often the magnitudes of a value's elements fell where, over all that was observed of it. */
export interface ActivationHistogram {
  /** Elements with magnitude in [i·width, (i+1)·width). */
  counts: Float64Array;
  width: number;
  least: number;
  greatest: number;
}

export const HISTOGRAM_BINS = 2048;

export function createHistogram(): ActivationHistogram {
  return { counts: new Float64Array(HISTOGRAM_BINS), width: 0, least: Infinity, greatest: -Infinity };
}

/**
 * Adds elements. Where one is larger than the last bin, bins join in pairs until it fits, so that no second pass over
 * the data is needed; the width is then a power of two times the first. Elements that are not finite are passed over.
 */
export function observe(histogram: ActivationHistogram, data: Float32Array): void {
  const { counts } = histogram;
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < histogram.least) histogram.least = value;
    if (value > histogram.greatest) histogram.greatest = value;
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest > 0 && histogram.width === 0) histogram.width = (largest * (1 + 2 ** -20)) / HISTOGRAM_BINS;
  while (largest >= histogram.width * HISTOGRAM_BINS && largest > 0) joinPairs(histogram);
  // Zeros seen before any other number lie in the first bin for every width.
  const perUnit = histogram.width > 0 ? 1 / histogram.width : 0;
  for (let i = 0; i < data.length; i++) {
    const bin = Math.floor(Math.abs(data[i]!) * perUnit);
    if (bin >= 0) counts[Math.min(bin, HISTOGRAM_BINS - 1)]! += Number.isFinite(data[i]!) ? 1 : 0;
  }
}

function joinPairs(histogram: ActivationHistogram): void {
  const { counts } = histogram;
  const half = HISTOGRAM_BINS / 2;
  for (let i = 0; i < half; i++) counts[i] = counts[2 * i]! + counts[2 * i + 1]!;
  counts.fill(0, half);
  histogram.width *= 2;
}
