import {
  type Augmentation,
  applyMasks,
  binMeans,
  changeSpeed,
  drawAugmentation,
  type Masks,
  placeMasks,
  placeTimeWarp,
} from '../../dsp/augment.ts';
import type { FeatureExtractor, FeatureMatrix } from '../../dsp/features.ts';
import { changeGain, mixNoise, whiteNoise } from '../../dsp/noise.ts';
import { applyStatistics, type FeatureStatistics } from '../../dsp/normalization.ts';
import { fitLength } from '../../dsp/readAtRate.ts';
import type { Resampler } from '../../dsp/resample.ts';
import { type TimeWarp, warpTime } from '../../dsp/timeWarp.ts';
import type { AugmentConfig, FeatureSpec } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { createRandom } from '../../shared/random.ts';
import { type ClipRange, lengthAtSpeed, problemOf, readClip } from './clipReader.ts';
import { type NoiseClip, readNoise } from './noiseClip.ts';

/** What every clip of a run has in common. */
export interface FeatureSetup {
  spec: FeatureSpec;
  augment: AugmentConfig;
  seed: number;
}

/** An utterance of a batch; `key` names its random stream. */
export interface BatchClip {
  range: ClipRange;
  key: string;
  /** The recording that its draw chose; without recordings noise is white. */
  noise?: NoiseClip;
}

export interface AugmentTools {
  setup: FeatureSetup;
  extractor: FeatureExtractor;
  resampler: Resampler;
  white(): Float32Array;
}

/** What a model is given of a clip, and what was done to it. */
export interface AugmentedClip {
  /** At the rate of the features, after speed, noise and gain. */
  heard: Float32Array;
  features: FeatureMatrix;
  /** Absent where nothing was drawn. */
  applied?: { draw: Augmentation; noise: boolean; warp?: TimeWarp; masks: Masks };
  /** Why its noise recording could not be read: the clip is there without noise. */
  noiseProblem?: Problem;
}

/** Made once, on first use. */
export function createWhiteNoise(): () => Float32Array {
  let white: Float32Array | undefined;
  return () => {
    white ??= whiteNoise();
    return white;
  };
}

/** Random choices of an utterance in an epoch: the same on every machine, in every order of work. */
export function augmentationOf(setup: Pick<FeatureSetup, 'augment' | 'seed'>, epoch: number, key: string) {
  return drawAugmentation(setup.augment, createRandom(setup.seed, 'augment', epoch, key));
}

/** An utterance as it is trained on in an epoch, from 0; `epoch` null: no augmentation. */
export async function augmentClip(
  tools: AugmentTools,
  clip: BatchClip,
  epoch: number | null,
  statistics: FeatureStatistics | null,
): Promise<AugmentedClip> {
  const { setup, extractor, resampler } = tools;
  const { spec, augment } = setup;
  const samples = await readClip(clip.range, spec.sampleRateHz, resampler);
  const draw = epoch === null ? undefined : augmentationOf(setup, epoch, clip.key);
  const disturbed = draw ? await disturb(tools, samples, draw, clip.noise) : { heard: samples };
  const matrix = extractor.extract(disturbed.heard);
  if (statistics) applyStatistics(matrix, statistics);
  if (!draw) return { heard: samples, features: matrix };
  const { noise = false, ...result } = disturbed as Disturbed;
  const warp = placeTimeWarp(draw, augment, spec, matrix.frames);
  const features = warp ? warpTime(matrix, warp) : matrix;
  const normalised = statistics !== null || spec.normalization === 'utterance';
  const masks = placeMasks(draw, augment, spec, features.frames);
  applyMasks(features, masks, normalised ? 0 : binMeans(features));
  return { ...result, features, applied: { draw, noise, masks, ...(warp ? { warp } : {}) } };
}

interface Disturbed {
  heard: Float32Array;
  /** Noise was added. */
  noise?: boolean;
  noiseProblem?: Problem;
}

/** What augmentation does to the waveform: speed, noise, gain. */
async function disturb(
  tools: AugmentTools,
  samples: Float32Array,
  draw: Augmentation,
  noise: NoiseClip | undefined,
): Promise<Disturbed> {
  const { setup, resampler } = tools;
  const spoken = fitLength(changeSpeed(samples, draw.speed, resampler), lengthAtSpeed(samples.length, draw.speed));
  if (!draw.noise) return { heard: changeGain(spoken, draw.gainDb) };
  const { section, snrDb } = draw.noise;
  let noisy = spoken;
  let problem: Problem | undefined;
  if (noise) {
    try {
      const sound = await readNoise(noise, section, spoken.length, setup.spec.sampleRateHz, resampler);
      noisy = mixNoise(spoken, sound.samples, sound.start, snrDb);
    } catch (error) {
      problem = { ...problemOf(error, noise.range.file), file: noise.range.file };
    }
  } else if (setup.augment.noise.files.length === 0) {
    const white = tools.white();
    noisy = mixNoise(spoken, white, Math.floor(section * white.length), snrDb);
  }
  const heard = changeGain(noisy, draw.gainDb);
  return { heard, noise: noisy !== spoken, ...(problem ? { noiseProblem: problem } : {}) };
}
