/** How large gradients were over some steps. */
export interface NormSummary {
  steps: number;
  p10: number;
  p50: number;
  p90: number;
  /** Share of the steps whose gradient was clipped, 0 to 1. */
  clippedShare: number;
}

export function summarizeNorms(norms: readonly number[], clipNorm: number | null): NormSummary {
  const clipped = clipNorm === null ? 0 : norms.filter((norm) => norm > clipNorm).length;
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((share) => percentile(norms, share)) as [number, number, number];
  return { steps: norms.length, p10, p50, p90, clippedShare: clipped / norms.length };
}

/** Between the nearest values, as numpy.percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
