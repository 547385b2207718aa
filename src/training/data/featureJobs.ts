import {
  type Augmentation,
  applyMasks,
  binMeans,
  changeSpeed,
  drawAugmentation,
  placeMasks,
  placeTimeWarp,
} from '../../dsp/augment.ts';
import { estimateSnr } from '../../dsp/estimateSnr.ts';
import { createFeatureExtractor, type FeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import { changeGain, mixNoise, whiteNoise } from '../../dsp/noise.ts';
import {
  accumulateStatistics,
  applyStatistics,
  type FeatureMoments,
  type FeatureStatistics,
} from '../../dsp/normalization.ts';
import { loadResampler, type Resampler } from '../../dsp/resample.ts';
import { warpTime } from '../../dsp/timeWarp.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { AugmentConfig, FeatureSpec } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { createRandom } from '../../shared/random.ts';
import {
  type ClipHeader,
  type ClipRange,
  clipProblem,
  fitLength,
  lengthAtSpeed,
  probeClip,
  readClip,
} from './clipReader.ts';
import { type NoiseClip, readNoise } from './noiseClip.ts';

/** What every job of a worker shares. */
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

/** Headers of clips; the moments of their features; their signal-to-noise ratios; a padded batch. `epoch` null: no augmentation. */
export type FeatureJob =
  | { kind: 'probe'; clips: ClipRange[] }
  | { kind: 'moments'; clips: ClipRange[] }
  | { kind: 'snr'; clips: ClipRange[] }
  | { kind: 'batch'; clips: BatchClip[]; frames: number; epoch: number | null; statistics: FeatureStatistics | null };

export interface ClipFailure {
  index: number;
  problem: Problem;
}

/** Rows are the clips that could be read, in order: all but the failures. */
export interface BatchFeatures {
  features: Float32Array; // [rows, frames, bins]
  frameCounts: Int32Array; // [rows]
  failures: ClipFailure[];
  /** Noise recordings that could not be read; their clips are there without noise. */
  noiseProblems: Problem[];
  /** Time the worker spent on the batch, reading included. */
  durationMs: number;
}

export interface FeatureResults {
  probe: (ClipHeader | Problem)[];
  moments: (FeatureMoments | Problem)[];
  /** In dB; null where there is no pause to hear the noise in. */
  snr: (number | null | Problem)[];
  batch: BatchFeatures;
}

/** Random choices of an utterance in an epoch: the same on every machine, in every order of work. */
export function augmentationOf(setup: Pick<FeatureSetup, 'augment' | 'seed'>, epoch: number, key: string) {
  return drawAugmentation(setup.augment, createRandom(setup.seed, 'augment', epoch, key));
}

export interface FeatureWorkshop {
  run(job: FeatureJob): Promise<FeatureResults[FeatureJob['kind']]>;
}

/** Does the jobs; holds the feature kernel and the resampler. */
export async function createFeatureWorkshop(setup: FeatureSetup): Promise<FeatureWorkshop> {
  const extractor = await createFeatureExtractor(setup.spec);
  const resampler = await loadResampler();
  let white: Float32Array | undefined;
  const tools: Tools = {
    setup,
    extractor,
    resampler,
    white() {
      white ??= whiteNoise();
      return white;
    },
  };
  return {
    run(job) {
      switch (job.kind) {
        case 'probe':
          return eachClip(job.clips, (clip) => probeClip(clip, setup.spec.sampleRateHz));
        case 'moments':
          return eachClip(job.clips, async (clip) =>
            accumulateStatistics(extractor.extract(await readClip(clip, setup.spec.sampleRateHz, resampler))),
          );
        case 'snr': {
          const { sampleRateHz } = setup.spec;
          return eachClip(
            job.clips,
            async (clip) => estimateSnr(await readClip(clip, sampleRateHz, resampler), sampleRateHz) ?? null,
          );
        }
        case 'batch':
          return buildBatch(tools, job);
      }
    },
  };
}

/** Training never dies of a recording, not even of one that a decoder here has a defect for. */
function problemOf(error: unknown, file: string): Problem {
  try {
    return clipProblem(error, file);
  } catch {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'audio-failed', severity: 'error', message: `${file}: reading it failed unexpectedly (${reason})` };
  }
}

interface Tools {
  setup: FeatureSetup;
  extractor: FeatureExtractor;
  resampler: Resampler;
  white(): Float32Array;
}

async function eachClip<T>(clips: ClipRange[], work: (clip: ClipRange) => Promise<T>): Promise<(T | Problem)[]> {
  const results: (T | Problem)[] = [];
  for (const clip of clips) {
    try {
      results.push(await work(clip));
    } catch (error) {
      results.push(problemOf(error, clip.file));
    }
  }
  return results;
}

async function buildBatch(tools: Tools, job: Extract<FeatureJob, { kind: 'batch' }>): Promise<BatchFeatures> {
  const startMs = performance.now();
  const matrices: FeatureMatrix[] = [];
  const failures: ClipFailure[] = [];
  const noiseProblems: Problem[] = [];
  for (const [index, clip] of job.clips.entries()) {
    try {
      matrices.push(await featuresOf(tools, clip, job, noiseProblems));
    } catch (error) {
      failures.push({ index, problem: problemOf(error, clip.range.file) });
    }
  }
  const bins = featureBins(tools.setup.spec);
  const features = new Float32Array(matrices.length * job.frames * bins);
  const frameCounts = new Int32Array(matrices.length);
  matrices.forEach((matrix, row) => {
    const frames = Math.min(matrix.frames, job.frames);
    features.set(matrix.data.subarray(0, frames * bins), row * job.frames * bins);
    frameCounts[row] = frames;
  });
  return { features, frameCounts, failures, noiseProblems, durationMs: performance.now() - startMs };
}

async function featuresOf(
  tools: Tools,
  clip: BatchClip,
  { epoch, statistics }: Extract<FeatureJob, { kind: 'batch' }>,
  noiseProblems: Problem[],
): Promise<FeatureMatrix> {
  const { setup, extractor, resampler } = tools;
  const { spec, augment } = setup;
  const samples = await readClip(clip.range, spec.sampleRateHz, resampler);
  const draw = epoch === null ? undefined : augmentationOf(setup, epoch, clip.key);
  const heard = draw ? await disturb(tools, samples, draw, clip.noise, noiseProblems) : samples;
  const matrix = extractor.extract(heard);
  if (statistics) applyStatistics(matrix, statistics);
  if (!draw) return matrix;
  const warp = placeTimeWarp(draw, augment, spec, matrix.frames);
  const warped = warp ? warpTime(matrix, warp) : matrix;
  const normalised = statistics !== null || spec.normalization === 'utterance';
  applyMasks(warped, placeMasks(draw, augment, spec, warped.frames), normalised ? 0 : binMeans(warped));
  return warped;
}

/** What augmentation does to the waveform: speed, noise, gain. */
async function disturb(
  tools: Tools,
  samples: Float32Array,
  draw: Augmentation,
  noise: NoiseClip | undefined,
  problems: Problem[],
): Promise<Float32Array> {
  const { setup, resampler } = tools;
  const spoken = fitLength(changeSpeed(samples, draw.speed, resampler), lengthAtSpeed(samples.length, draw.speed));
  if (!draw.noise) return changeGain(spoken, draw.gainDb);
  const { section, snrDb } = draw.noise;
  let noisy = spoken;
  if (noise) {
    try {
      const sound = await readNoise(noise, section, spoken.length, setup.spec.sampleRateHz, resampler);
      noisy = mixNoise(spoken, sound.samples, sound.start, snrDb);
    } catch (error) {
      problems.push({ ...problemOf(error, noise.range.file), file: noise.range.file });
    }
  } else if (setup.augment.noise.files.length === 0) {
    const white = tools.white();
    noisy = mixNoise(spoken, white, Math.floor(section * white.length), snrDb);
  }
  return changeGain(noisy, draw.gainDb);
}
