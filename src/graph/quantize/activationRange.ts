import type { ActivationHistogram } from './activationHistogram.ts';

export const calibrations = ['percentile', 'entropy', 'minmax'] as const;
export type Calibration = (typeof calibrations)[number];

/** How a value's elements become uint8: `element ≈ scale · (byte − zeroPoint)`. */
export interface Activation {
  scale: number;
  zeroPoint: number;
}

/** Share of the elements that `percentile` lets be exact; the rest is cut off at the limit. */
export const PERCENTILE = 0.9999;

/** Of a value of no negative elements all 256 steps serve the positive ones; else the range is symmetric around 128. */
export function activationOf(histogram: ActivationHistogram, calibration: Calibration): Activation {
  const limit = limitOf(histogram, calibration);
  if (!(limit > 0)) return { scale: 1, zeroPoint: 0 };
  return histogram.least < 0 ? { scale: limit / 127, zeroPoint: 128 } : { scale: limit / 255, zeroPoint: 0 };
}

/** The magnitude that the outermost step stands for; larger ones are cut off there. */
export function limitOf(histogram: ActivationHistogram, calibration: Calibration): number {
  const largest = Math.max(0, histogram.greatest, -histogram.least);
  if (calibration === 'minmax' || !(largest > 0)) return largest;
  const { counts, width } = histogram;
  const bins = calibration === 'percentile' ? percentileBins(counts, PERCENTILE) : entropyBins(counts, LEVELS);
  return Math.min(largest, bins * width);
}

/** The least number of first bins that hold at least this share of what was counted. */
export function percentileBins(counts: Float64Array, share: number): number {
  let total = 0;
  for (const count of counts) total += count;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i]!;
    if (sum >= share * total) return i + 1;
  }
  return counts.length;
}

/** Steps of a magnitude in 8 bits with a sign. */
const LEVELS = 128;

/**
 * The number of first bins whose distribution, with all that lies behind them cut off at the last of them, changes least
 * (Kullback-Leibler) when it is quantised to `levels` steps. S. Migacz, "8-bit inference with TensorRT", GTC 2017. The
 * first bin counts as the second: it holds the zeros of ReLU and padding, which every scale keeps exact.
 */
export function entropyBins(counts: Float64Array, levels: number): number {
  const bins = Float64Array.from(counts);
  bins[0] = bins[1] ?? 0;
  let last = bins.length;
  while (last > 0 && bins[last - 1] === 0) last--;
  if (last <= levels) return last;
  let outside = 0;
  let best = last;
  let least = Infinity;
  for (let used = last; used >= levels; used--) {
    const divergence = divergenceOf(bins, used, outside, levels);
    if (divergence < least) {
      least = divergence;
      best = used;
    }
    outside += bins[used - 1]!;
  }
  return best;
}

/** KL(P‖Q): P the first `used` bins with `outside` in the last, Q those bins at `levels` steps; infinite where Q lacks P. */
function divergenceOf(bins: Float64Array, used: number, outside: number, levels: number): number {
  let total = outside;
  let inside = 0;
  for (let i = 0; i < used; i++) inside += bins[i]!;
  total += inside;
  if (total === 0 || inside === 0) return Infinity;
  let divergence = 0;
  for (let level = 0; level < levels; level++) {
    const start = Math.floor((level * used) / levels);
    const end = Math.floor(((level + 1) * used) / levels);
    let sum = 0;
    let filled = 0;
    for (let i = start; i < end; i++) {
      sum += bins[i]!;
      if (bins[i]! > 0) filled++;
    }
    for (let i = start; i < end; i++) {
      const own = bins[i]! + (i === used - 1 ? outside : 0);
      if (own === 0) continue;
      if (bins[i] === 0) return Infinity;
      divergence += (own / total) * Math.log(own / total / (sum / filled / inside));
    }
  }
  return divergence;
}
