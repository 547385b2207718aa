import type { FeatureMatrix } from './featureMatrix.ts';

/** Mean and reciprocal standard deviation per bin, as a model keeps them. */
export interface FeatureStatistics {
  mean: Float32Array; // [bins]
  inverseStd: Float32Array; // [bins]
  frames: number;
}

/** Running moments per bin in float64; plain data, so that workers can send it. */
export interface FeatureMoments {
  frames: number;
  mean: Float64Array; // [bins]
  squares: Float64Array; // [bins], summed squared deviations from the mean
}

/** A bin whose values never move says nothing: it becomes 0 instead of amplified rounding noise. */
export const smallestStd = 1e-4;

export function createMoments(bins: number): FeatureMoments {
  return { frames: 0, mean: new Float64Array(bins), squares: new Float64Array(bins) };
}

/** Moments of one clip, in two passes. */
export function accumulateStatistics({ frames, bins, data }: FeatureMatrix): FeatureMoments {
  const moments = createMoments(bins);
  const { mean, squares } = moments;
  moments.frames = frames;
  for (let i = 0, row = 0; row < frames; row++) for (let b = 0; b < bins; b++) mean[b]! += data[i++]!;
  for (let b = 0; b < bins; b++) mean[b]! /= Math.max(1, frames);
  for (let i = 0, row = 0; row < frames; row++)
    for (let b = 0; b < bins; b++) squares[b]! += (data[i++]! - mean[b]!) ** 2;
  return moments;
}

/**
 * Adds `clip` to `total` (Chan, Golub & LeVeque 1979). Rounding depends on the order of calls:
 * merge clips in the order of the manifest, whichever worker computed them, and the result is the same bits.
 */
export function mergeStatistics(total: FeatureMoments, clip: FeatureMoments): void {
  const frames = total.frames + clip.frames;
  if (frames === 0) return;
  const share = clip.frames / frames;
  for (let b = 0; b < total.mean.length; b++) {
    const delta = clip.mean[b]! - total.mean[b]!;
    total.mean[b]! += delta * share;
    total.squares[b]! += clip.squares[b]! + delta * delta * total.frames * share;
  }
  total.frames = frames;
}

/** Population variance (divided by the number of frames). */
export function finishStatistics({ frames, mean, squares }: FeatureMoments): FeatureStatistics {
  const inverseStd = Float32Array.from(squares, (sum) => {
    const std = Math.sqrt(sum / Math.max(1, frames));
    return std < smallestStd ? 0 : 1 / std;
  });
  return { mean: Float32Array.from(mean), inverseStd, frames };
}

/** (value − mean)·inverseStd, in place. */
export function applyStatistics({ frames, bins, data }: FeatureMatrix, { mean, inverseStd }: FeatureStatistics): void {
  for (let i = 0, row = 0; row < frames; row++)
    for (let b = 0; b < bins; b++, i++) data[i] = (data[i]! - mean[b]!) * inverseStd[b]!;
}

/** Each bin of the clip gets mean 0 and variance 1, in place. */
export function normalizeUtterance(matrix: FeatureMatrix): void {
  applyStatistics(matrix, finishStatistics(accumulateStatistics(matrix)));
}
