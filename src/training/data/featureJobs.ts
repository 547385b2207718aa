import { estimateSnr } from '../../dsp/estimateSnr.ts';
import { createFeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import { accumulateStatistics, type FeatureMoments, type FeatureStatistics } from '../../dsp/normalization.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { Problem } from '../../shared/problem.ts';
import { type AugmentTools, augmentClip, type BatchClip, createWhiteNoise, type FeatureSetup } from './augmentClip.ts';
import { type ClipHeader, type ClipRange, probeClip, problemOf, readClip } from './clipReader.ts';

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

export interface FeatureWorkshop {
  run(job: FeatureJob): Promise<FeatureResults[FeatureJob['kind']]>;
}

/** Does the jobs; holds the feature kernel and the resampler. */
export async function createFeatureWorkshop(setup: FeatureSetup): Promise<FeatureWorkshop> {
  const extractor = await createFeatureExtractor(setup.spec);
  const resampler = await loadResampler();
  const tools: AugmentTools = { setup, extractor, resampler, white: createWhiteNoise() };
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

async function buildBatch(tools: AugmentTools, job: Extract<FeatureJob, { kind: 'batch' }>): Promise<BatchFeatures> {
  const startMs = performance.now();
  const matrices: FeatureMatrix[] = [];
  const failures: ClipFailure[] = [];
  const noiseProblems: Problem[] = [];
  for (const [index, clip] of job.clips.entries()) {
    try {
      const { features, noiseProblem } = await augmentClip(tools, clip, job.epoch, job.statistics);
      matrices.push(features);
      if (noiseProblem) noiseProblems.push(noiseProblem);
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
