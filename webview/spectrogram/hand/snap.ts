/** What edges of a selection are drawn to. */
export const snapModes = ['off', 'zero', 'words'] as const;
export type SnapMode = (typeof snapModes)[number];

/**
 * The place nearest to `at` where the signal crosses zero, by a straight line between samples; within `reach` of it.
 * Places are indexes into `samples`, in parts of one. In silence every sample is such a place.
 */
export function nearestZeroCrossing(samples: Float32Array, at: number, reach: number): number | undefined {
  let best: number | undefined;
  const consider = (place: number) => {
    const distance = Math.abs(place - at);
    if (distance <= reach && (best === undefined || distance < Math.abs(best - at))) best = place;
  };
  const first = Math.max(0, Math.floor(at - reach));
  const last = Math.min(samples.length - 1, Math.ceil(at + reach));
  for (let i = first; i <= last; i++) {
    const here = samples[i]!;
    const next = samples[i + 1];
    if (here === 0) consider(i);
    else if (next !== undefined && next !== 0 && here < 0 !== next < 0) consider(i + here / (here - next));
  }
  return best;
}

export function nearestPoint(points: Iterable<number>, at: number, reach: number): number | undefined {
  let best: number | undefined;
  for (const point of points) {
    const distance = Math.abs(point - at);
    if (distance <= reach && (best === undefined || distance < Math.abs(best - at))) best = point;
  }
  return best;
}
