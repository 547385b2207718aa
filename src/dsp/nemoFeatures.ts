import type { FeatureMatrix } from './featureMatrix.ts';
import { kaldiAmplitude } from './logMelPlan.ts';
import type { ClipPart } from './padding.ts';

/** Guard against the logarithm of 0: added, not a floor. */
export const logGuard = 2 ** -24;
/** Added to the standard deviation of a bin. */
export const stdGuard = 1e-5;

/**
 * Pre-emphasis over the clip, before it is padded and framed: each sample less `coefficient` times the one before, the
 * first as it is. A part from inside the clip loses its first sample, whose predecessor is not at hand.
 */
export function emphasizeClip({ samples, firstSample, totalSamples }: ClipPart, coefficient: number): ClipPart {
  const skip = firstSample > 0 ? Math.min(1, samples.length) : 0;
  const result = new Float32Array(samples.length - skip);
  for (let i = skip; i < samples.length; i++)
    result[i - skip] = samples[i]! - (i > 0 ? Math.fround(coefficient * samples[i - 1]!) : 0);
  return { samples: result, firstSample: firstSample + skip, totalSamples };
}

/** Decibels of samples as 16-bit integers to natural logarithms of power + 2^−24, in place. */
export function nemoLogs(matrix: FeatureMatrix): FeatureMatrix {
  const { data } = matrix;
  const scale = kaldiAmplitude ** -2;
  for (let i = 0; i < data.length; i++) data[i] = Math.log(10 ** (data[i]! / 10) * scale + logGuard);
  return matrix;
}

/**
 * normalize_type per_feature of NeMo's FilterbankFeatures, in place: each bin less its mean over the clip, divided by
 * its standard deviation (by frames − 1) + 1e-5. A clip of one frame, which NeMo refuses, becomes 0.
 */
export function normalizePerFeature({ frames, bins, data }: FeatureMatrix): void {
  for (let bin = 0; bin < bins; bin++) {
    let sum = 0;
    for (let i = bin; i < data.length; i += bins) sum += data[i]!;
    const mean = sum / frames;
    let squares = 0;
    for (let i = bin; i < data.length; i += bins) squares += (data[i]! - mean) ** 2;
    const scale = 1 / (Math.sqrt(squares / Math.max(1, frames - 1)) + stdGuard);
    for (let i = bin; i < data.length; i += bins) data[i] = (data[i]! - mean) * scale;
  }
}
