import { featureBins } from '../shared/config/derived.ts';
import type { AugmentConfig, FeatureSpec } from '../shared/config/schema.ts';
import type { Random } from '../shared/random.ts';
import type { FeatureMatrix } from './featureMatrix.ts';

/** Random choices for one utterance, drawn before its length is known: fractions, turned into frames and bins later. */
export interface Augmentation {
  speed: number;
  timeMasks: MaskDraw[];
  frequencyMasks: MaskDraw[];
}

interface MaskDraw {
  width: number; // of the widest allowed, in [0, 1)
  position: number; // of the room left, in [0, 1)
}

/** Rows or bins [start, start + length). */
export interface Mask {
  start: number;
  length: number;
}

export interface Masks {
  time: Mask[];
  frequency: Mask[];
}

/** All masks of a kind together hide at most this share of a clip's frames or bins; SpecAugment bounds one time mask likewise. */
const largestTimeShare = 0.3;
const largestFrequencyShare = 0.5;

/** Source: SpecAugment (Park et al. 2019), speed perturbation (Ko et al. 2015). */
export function drawAugmentation(config: AugmentConfig, random: Random): Augmentation {
  const drawMasks = (count: number) =>
    Array.from({ length: count }, () => ({ width: random.next(), position: random.next() }));
  return {
    speed: config.speed[random.below(config.speed.length)]!,
    timeMasks: drawMasks(config.timeMasks.count),
    frequencyMasks: drawMasks(config.frequencyMasks.count),
  };
}

/** Frames of the longest time mask: maxMs at the hop of the features. */
export function maskFrames(config: AugmentConfig, spec: FeatureSpec): number {
  return Math.round(((config.timeMasks.maxMs / 1000) * spec.sampleRateHz) / spec.hopSamples);
}

/** Masks for a clip of so many frames; widths are uniform on {0 … widest}, shorter where the clip is short. */
export function placeMasks(draw: Augmentation, config: AugmentConfig, spec: FeatureSpec, frames: number): Masks {
  return {
    time: place(draw.timeMasks, maskFrames(config, spec), frames, largestTimeShare),
    frequency: place(draw.frequencyMasks, config.frequencyMasks.maxBins, featureBins(spec), largestFrequencyShare),
  };
}

function place(draws: MaskDraw[], widest: number, size: number, largestShare: number): Mask[] {
  const limit = Math.min(widest, Math.floor((size * largestShare) / Math.max(1, draws.length)));
  return draws.map(({ width, position }) => {
    const length = Math.floor(width * (limit + 1));
    return { start: Math.floor(position * (size - length + 1)), length };
  });
}

/**
 * Overwrites masked rows and bins with `fill`, in place: 0 after normalisation (the mean),
 * or a value per bin for features that are not normalised, see `binMeans`.
 */
export function applyMasks({ frames, bins, data }: FeatureMatrix, masks: Masks, fill: number | Float32Array = 0): void {
  const fillOf = (bin: number) => (typeof fill === 'number' ? fill : fill[bin]!);
  for (const { start, length } of masks.time)
    for (let i = start * bins; i < (start + length) * bins; i++) data[i] = fillOf(i % bins);
  for (const { start, length } of masks.frequency)
    for (let bin = start; bin < start + length; bin++) {
      const value = fillOf(bin);
      for (let row = 0; row < frames; row++) data[row * bins + bin] = value;
    }
}

/** Mean of each bin over the clip: what masks are filled with before normalisation. */
export function binMeans({ frames, bins, data }: FeatureMatrix): Float32Array {
  const sums = new Float64Array(bins);
  for (let i = 0, row = 0; row < frames; row++) for (let b = 0; b < bins; b++) sums[b]! += data[i++]!;
  return Float32Array.from(sums, (sum) => sum / Math.max(1, frames));
}

/** What speed perturbation needs of the resampler. */
export interface RateChanger {
  resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array;
}

/** Plays the waveform `factor` times as fast: 1/factor of the length, pitch and formants rise with it. */
export function changeSpeed(samples: Float32Array, factor: number, resampler: RateChanger): Float32Array {
  if (factor === 1) return samples;
  const unitHz = 1000;
  return resampler.resample(samples, Math.round(factor * unitHz), unitHz);
}
