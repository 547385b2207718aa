import { basename, dirname, resolve } from 'node:path';
import { createFeatureExtractor } from '../../dsp/features.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import type { AugmentRequest } from '../../shared/protocol/spectrogramAugment.ts';
import {
  type AugmentedClip,
  type AugmentTools,
  augmentClip,
  type BatchClip,
  createWhiteNoise,
} from '../data/augmentClip.ts';
import { probeClip, problemOf } from '../data/clipReader.ts';
import type { NoiseClip } from '../data/noiseClip.ts';
import { loadNoise, noiseChooser } from '../data/noiseSet.ts';
import { createUtteranceFinder, type FoundUtterance } from './findUtterance.ts';
import { type CreatePool, createGlobalStatistics } from './globalStatistics.ts';

/** A stretch that no manifest names is cut to this. */
const longestSec = 60;

export interface PreviewJob extends AugmentRequest {
  recording: string;
  /** Experiments as they are seen, the nearest first. */
  experiments: { file: string; text: string }[];
}

/** A clip as training has it, and as it is without augmentation. */
export interface PreviewedClip {
  experiment: Experiment;
  configFile: string;
  utterance?: FoundUtterance;
  startSec: number;
  endSec: number;
  plain: AugmentedClip;
  augmented: AugmentedClip;
  /** The recording that its noise is from. */
  noise?: NoiseClip;
  /** What is not as in training, and why. */
  notes: string[];
}

export type Previewer = (job: PreviewJob, told: (share: number) => void) => Promise<PreviewedClip>;

/**
 * Does to a clip what training does to it in an epoch, by the code that trains. Throws a UserError where no experiment
 * can be read, or the clip cannot.
 */
export function createPreviewer(createPool: CreatePool): Previewer {
  const finder = createUtteranceFinder();
  const statistics = createGlobalStatistics(createPool);
  return async (job, told) => {
    const { experiment, configFile, utterance } = await chooseExperiment(job, finder);
    const { sampleRateHz } = experiment.features;
    const notes: string[] = [];
    const asked = { offsetSec: job.startSec, durationSec: Math.min(longestSec, job.endSec - job.startSec) };
    const range = utterance?.range ?? { file: job.recording, ...asked };
    const durationSec = await lengthOf(range, sampleRateHz);
    const { maxDurationSec } = experiment.data;
    if (durationSec > Math.max(longestSec, maxDurationSec))
      throw new UserError(
        `The utterance takes ${Math.round(durationSec)} s: training leaves out what is longer than ${maxDurationSec} s.`,
      );
    if (utterance && durationSec > maxDurationSec)
      notes.push(`longer than data.maxDurationSec (${maxDurationSec}): training leaves it out`);
    const measured = await statistics.of(experiment, configFile, told).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      notes.push(`without global normalisation: ${error.message}`);
      return null;
    });
    const clip: BatchClip = { range, key: utterance?.key ?? `0:${basename(job.recording)}` };
    const noise = await chooseNoise(experiment, configFile, clip.key, job.epoch - 1);
    const tools = await toolsFor(experiment);
    const plain = await augmentClip(tools, clip, null, measured);
    const augmented = await augmentClip(tools, noise ? { ...clip, noise } : clip, job.epoch - 1, measured);
    if (augmented.noiseProblem) notes.push(augmented.noiseProblem.message);
    const startSec = range.offsetSec ?? 0;
    return {
      ...{ experiment, configFile, startSec, endSec: startSec + durationSec, plain, augmented, notes },
      ...(utterance ? { utterance } : {}),
      ...(noise ? { noise } : {}),
    };
  };
}

/** The first experiment that trains on the recording, else the nearest that can be read. */
async function chooseExperiment(
  { experiments, recording, atSec }: PreviewJob,
  finder: ReturnType<typeof createUtteranceFinder>,
) {
  let nearest: { experiment: Experiment; configFile: string; utterance?: FoundUtterance } | undefined;
  let failure: string | undefined;
  for (const { file, text } of experiments) {
    const { experiment, problems } = parseExperiment(text, file);
    if (!experiment) {
      failure ??= `${basename(file)} has errors: ${problems[0]?.message ?? 'it cannot be read'}`;
      continue;
    }
    const manifests = experiment.data.train.map((name) => resolve(dirname(file), name));
    const utterance = await finder.find(manifests, recording, atSec);
    if (utterance) return { experiment, configFile: file, utterance };
    nearest ??= { experiment, configFile: file };
  }
  if (!nearest) throw new UserError(failure ?? 'there is no experiment (*.asr.yaml) in this workspace');
  return nearest;
}

async function lengthOf(range: BatchClip['range'], sampleRateHz: number): Promise<number> {
  try {
    return (await probeClip(range, sampleRateHz)).samples / sampleRateHz;
  } catch (error) {
    throw new UserError(problemOf(error, range.file).message);
  }
}

async function chooseNoise(experiment: Experiment, configFile: string, key: string, epoch: number) {
  const { augment, seed, features } = experiment;
  if (augment.noise.probability === 0) return undefined;
  const files = augment.noise.files.map((name) => resolve(dirname(configFile), name));
  const { clips } = await loadNoise(files, (parts) =>
    Promise.all(
      parts.map((part) =>
        probeClip(part, features.sampleRateHz).catch((error: unknown) => problemOf(error, part.file)),
      ),
    ),
  );
  return noiseChooser({ augment, seed }, clips)(key, epoch);
}

async function toolsFor({ features, augment, seed }: Experiment): Promise<AugmentTools> {
  return {
    setup: { spec: features, augment, seed },
    extractor: await createFeatureExtractor(features),
    resampler: await loadResampler(),
    white: createWhiteNoise(),
  };
}
