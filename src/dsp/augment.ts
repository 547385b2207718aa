import { maskSettings } from '../shared/config/augmentPolicy.ts';
import { featureBins } from '../shared/config/derived.ts';
import type { AugmentConfig, FeatureSpec } from '../shared/config/schema.ts';
import type { Random } from '../shared/random.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { placeWarp, type TimeWarp } from './timeWarp.ts';

/** Random choices for one utterance, drawn before its length is known: fractions, turned into frames and bins later. */
export interface Augmentation {
  speed: number;
  timeMasks: MaskDraw[];
  frequencyMasks: MaskDraw[];
  /** Absent for the utterances that get none. */
  noise?: NoiseDraw;
  gainDb: number;
  warp: { anchor: number; shift: number };
}

export interface NoiseDraw {
  choice: number; // of the recordings, in [0, 1)
  section: number; // of the places where it may begin, in [0, 1)
  snrDb: number;
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

/**
 * Draws everything for an utterance. What is done with it, in this order: speed, noise, gain, features, normalisation,
 * time warp, masks. A choice keeps its value when another key is switched on: those that came first are drawn first,
 * the others always. Source: SpecAugment (Park et al. 2019), speed perturbation (Ko et al. 2015).
 */
export function drawAugmentation(config: AugmentConfig, random: Random): Augmentation {
  const drawMasks = (count: number) =>
    Array.from({ length: count }, () => ({ width: random.next(), position: random.next() }));
  const between = ([low, high]: readonly [number, number]) => low + random.next() * (high - low);
  const settings = maskSettings(config, 1);
  const speed = config.speed[random.below(config.speed.length)]!;
  const timeMasks = drawMasks(settings.timeMasks.count);
  const frequencyMasks = drawMasks(settings.frequencyMasks.count);
  const noisy = random.next() < config.noise.probability;
  const noise = { choice: random.next(), section: random.next(), snrDb: between(config.noise.snrDb) };
  const gainDb = between(config.gainDb);
  const warp = { anchor: random.next(), shift: random.next() };
  return { speed, timeMasks, frequencyMasks, ...(noisy ? { noise } : {}), gainDb, warp };
}

/** Frames of the longest time mask at the hop of the features. */
export function maskFrames(config: AugmentConfig, spec: FeatureSpec): number {
  return framesOf(maskSettings(config, featureBins(spec)).timeMasks.maxMs, spec);
}

const framesOf = (ms: number, { sampleRateHz, hopSamples }: FeatureSpec) =>
  Math.round(((ms / 1000) * sampleRateHz) / hopSamples);

/** The time warp for a clip of so many frames; undefined where nothing moves. */
export function placeTimeWarp(
  { warp }: Augmentation,
  config: AugmentConfig,
  spec: FeatureSpec,
  frames: number,
): TimeWarp | undefined {
  const { timeWarpMs } = maskSettings(config, featureBins(spec));
  return placeWarp(warp.anchor, warp.shift, framesOf(timeWarpMs, spec), frames);
}

/** Masks for a clip of so many frames; widths are uniform on {0 … widest}, shorter where the clip is short. */
export function placeMasks(draw: Augmentation, config: AugmentConfig, spec: FeatureSpec, frames: number): Masks {
  const widest = widestMasks(config, spec, frames);
  return {
    time: place(draw.timeMasks, widest.frames, frames),
    frequency: place(draw.frequencyMasks, widest.bins, featureBins(spec)),
  };
}

/** The widest masks that a clip of so many frames can get; Infinity for a clip that is long enough for any. */
export function widestMasks(
  config: AugmentConfig,
  spec: FeatureSpec,
  frames: number,
): { frames: number; bins: number } {
  const bins = featureBins(spec);
  const { timeMasks, frequencyMasks } = maskSettings(config, bins);
  const longest = Math.min(framesOf(timeMasks.maxMs, spec), Math.floor(frames * timeMasks.longestShare));
  // All masks together hide no more than their share.
  const each = (size: number, { count, maxShare }: { count: number; maxShare: number }) =>
    Math.floor((size * maxShare) / Math.max(1, count));
  return {
    frames: Math.min(longest, each(frames, timeMasks)),
    bins: Math.min(frequencyMasks.maxBins, each(bins, frequencyMasks)),
  };
}

function place(draws: MaskDraw[], widest: number, size: number): Mask[] {
  return draws.map(({ width, position }) => {
    const length = Math.floor(width * (widest + 1));
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
