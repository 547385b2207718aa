import { applyMasks, binMeans, changeSpeed, drawAugmentation, placeMasks } from '../../dsp/augment.ts';
import { createFeatureExtractor, type FeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import {
  accumulateStatistics,
  applyStatistics,
  type FeatureMoments,
  type FeatureStatistics,
} from '../../dsp/normalization.ts';
import { loadResampler, type Resampler } from '../../dsp/resample.ts';
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
}

/** Headers of clips; the moments of their features; a padded batch. `epoch` null: no augmentation. */
export type FeatureJob =
  | { kind: 'probe'; clips: ClipRange[] }
  | { kind: 'moments'; clips: ClipRange[] }
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
}

export interface FeatureResults {
  probe: (ClipHeader | Problem)[];
  moments: (FeatureMoments | Problem)[];
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
  const tools = { setup, extractor, resampler };
  return {
    run(job) {
      switch (job.kind) {
        case 'probe':
          return eachClip(job.clips, (clip) => probeClip(clip, setup.spec.sampleRateHz));
        case 'moments':
          return eachClip(job.clips, async (clip) =>
            accumulateStatistics(extractor.extract(await readClip(clip, setup.spec.sampleRateHz, resampler))),
          );
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
  const matrices: FeatureMatrix[] = [];
  const failures: ClipFailure[] = [];
  for (const [index, clip] of job.clips.entries()) {
    try {
      matrices.push(await featuresOf(tools, clip, job));
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
  return { features, frameCounts, failures };
}

async function featuresOf(
  { setup, extractor, resampler }: Tools,
  clip: BatchClip,
  { epoch, statistics }: Extract<FeatureJob, { kind: 'batch' }>,
): Promise<FeatureMatrix> {
  const samples = await readClip(clip.range, setup.spec.sampleRateHz, resampler);
  const draw = epoch === null ? undefined : augmentationOf(setup, epoch, clip.key);
  const spoken = draw
    ? fitLength(changeSpeed(samples, draw.speed, resampler), lengthAtSpeed(samples.length, draw.speed))
    : samples;
  const matrix = extractor.extract(spoken);
  if (statistics) applyStatistics(matrix, statistics);
  if (draw) {
    const normalised = statistics !== null || setup.spec.normalization === 'utterance';
    applyMasks(matrix, placeMasks(draw, setup.augment, setup.spec, matrix.frames), normalised ? 0 : binMeans(matrix));
  }
  return matrix;
}
