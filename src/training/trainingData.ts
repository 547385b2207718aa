import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createTokenizer, type Tokenizer } from '../asr/tokenizer.ts';
import type { FeatureStatistics } from '../dsp/normalization.ts';
import type { ModelSpec } from '../nn/modelSpec.ts';
import { outputFrames } from '../nn/models/index.ts';
import { featureBins, frameCount, timeStride } from '../shared/config/derived.ts';
import type { Experiment, FeatureSpec, ModelConfig } from '../shared/config/schema.ts';
import { type Problem, UserError } from '../shared/problem.ts';
import { augmentationOf } from './data/augmentClip.ts';
import type { BatchLoader } from './data/batchLoader.ts';
import { type BatchPlanner, createBatchPlanner, type PlannedBatch } from './data/batchPlan.ts';
import { lengthAtSpeed } from './data/clipReader.ts';
import { type Example, type ExampleRules, type ExampleSet, loadExamples } from './data/examples.ts';
import type { FeaturePool } from './data/featurePool.ts';
import type { NoiseClip } from './data/noiseClip.ts';
import { isNoiseManifest, loadNoise } from './data/noiseSet.ts';
import { learnVocabulary } from './data/vocabulary.ts';
import type { BatchShape } from './executor.ts';

/** Everything a run knows of its data before the first step. */
export interface TrainingData {
  tokenizer: Tokenizer;
  spec: ModelSpec;
  train: ExampleSet;
  dev: ExampleSet;
  planner: BatchPlanner;
  /** Audio per batch, as given or chosen. */
  batchSeconds: number;
  /** Shapes of a run with so much audio per batch. */
  shapesFor(batchSeconds: number): readonly BatchShape[];
  devPlan: PlannedBatch[];
  noise: { clips: NoiseClip[]; problems: Problem[] };
  totalSteps: number;
  /** Of the manifests' content. */
  manifestHash: string;
}

export interface LoadOptions {
  /** Of the checkpoint that a run goes on from. */
  savedVocabulary?: readonly string[] | undefined;
  /** So many train at once, which makes steps fewer. */
  ranks?: number;
  /** So many batches of one shape follow each other, where the device takes several at once. */
  batchesTogether?: number;
  /** Answers `training.batchSeconds: auto`; without it, 40. */
  chooseBatchSeconds?(spec: ModelSpec, shapesFor: TrainingData['shapesFor']): number;
}

/** What `batchSeconds: auto` is taken as where nothing chooses. */
export const usualBatchSeconds = 40;

/**
 * Reads manifests and headers and plans the batches; throws a UserError when nothing can be trained on.
 */
export async function loadTrainingData(
  experiment: Experiment,
  configFile: string,
  pool: FeaturePool,
  { savedVocabulary, ranks = 1, batchesTogether = 1, chooseBatchSeconds = () => usualBatchSeconds }: LoadOptions = {},
): Promise<TrainingData> {
  const place = (file: string) => resolve(dirname(configFile), file);
  const files = {
    train: experiment.data.train.map(place),
    dev: experiment.data.dev.map(place),
    noise: experiment.augment.noise.files.map(place),
  };
  const vocabulary = savedVocabulary ?? (await learnVocabulary(experiment, files.train, configFile));
  const tokenizer = createTokenizer(vocabulary, experiment.text);
  const spec = {
    config: experiment.model,
    bins: featureBins(experiment.features),
    vocabularySize: vocabulary.length,
  };
  const rules = exampleRules(experiment, tokenizer);
  const train = await loadExamples(files.train, { ...rules, purpose: 'train' }, pool);
  const dev = await loadExamples(files.dev, { ...rules, purpose: 'evaluate' }, pool);
  if (train.examples.length === 0) throw nothingToTrain(configFile, train);
  const noise = await findNoise(experiment, files.noise, configFile, pool);
  const shapesFor = (seconds: number) => planTraining(experiment, seconds, train.examples, batchesTogether).shapes;
  const { batchSeconds: asked } = experiment.training;
  const batchSeconds = asked === 'auto' ? chooseBatchSeconds(spec, shapesFor) : asked;
  const planner = planTraining(experiment, batchSeconds, train.examples, batchesTogether);
  return {
    tokenizer,
    spec,
    train,
    dev,
    planner,
    batchSeconds,
    shapesFor,
    devPlan: planEvaluation(experiment.features, experiment.model, batchSeconds, dev.examples),
    totalSteps: countSteps(planner, experiment, train.examples.length, ranks),
    noise,
    manifestHash: hashFiles([...files.train, ...files.dev, ...files.noise.filter(isNoiseManifest)]),
  };
}

/** What utterances are measured against, all but their purpose. */
export const exampleRules = (experiment: Experiment, tokenizer: Tokenizer): Omit<ExampleRules, 'purpose'> => ({
  experiment,
  tokenizer,
  frameCount: (samples) => frameCount(experiment.features, samples),
  outputFrames: (frames) => outputFrames(experiment.model, frames),
});

/** Noise recordings are looked for only where some are mixed in. */
async function findNoise({ augment }: Experiment, files: string[], configFile: string, pool: FeaturePool) {
  if (augment.noise.probability === 0) return { clips: [], problems: [] };
  const { clips, problems } = await loadNoise(files, (part) => pool.run({ kind: 'probe', clips: part }));
  return { clips, problems: problems.map(({ entry: _, ...problem }) => ({ file: configFile, ...problem })) };
}

/** Batches for scoring: shortest first, nothing random. */
export function planEvaluation(
  features: FeatureSpec,
  model: ModelConfig | undefined,
  batchSeconds: number,
  examples: readonly Example[],
): PlannedBatch[] {
  const frames = examples.map(({ samples }) => frameCount(features, samples));
  const planned = examples.map((example, i) => ({
    shortestFrames: frames[i]!,
    longestFrames: frames[i]!,
    tokens: example.tokens?.length ?? 0,
  }));
  const rules = {
    seed: 0,
    batchFrames: (batchSeconds * features.sampleRateHz) / features.hopSamples,
    frameStep: model ? timeStride(model) : 1,
    framesOf: (index: number) => frames[index]!,
  };
  return createBatchPlanner(planned, rules).planEpoch(0);
}

/** The batches of a run. */
export function planTraining(
  experiment: Experiment,
  batchSeconds: number,
  examples: readonly Example[],
  together = 1,
): BatchPlanner {
  const { features, augment, seed, model } = experiment;
  const framesAt = (example: Example, speed: number) => frameCount(features, lengthAtSpeed(example.samples, speed));
  const fastest = Math.max(...augment.speed);
  const slowest = Math.min(...augment.speed);
  const planned = examples.map((example) => ({
    shortestFrames: framesAt(example, fastest),
    longestFrames: framesAt(example, slowest),
    tokens: example.tokens!.length,
  }));
  return createBatchPlanner(planned, {
    seed,
    together,
    batchFrames: (batchSeconds * features.sampleRateHz) / features.hopSamples,
    frameStep: timeStride(model),
    framesOf: (index, epoch) => framesInEpoch(experiment, examples[index]!, epoch),
  });
}

/** Feature frames of an utterance in an epoch, at the speed drawn for it. */
export function framesInEpoch({ features, augment, seed }: Experiment, example: Example, epoch: number): number {
  const { speed } = augmentationOf({ augment, seed }, epoch, example.key);
  return frameCount(features, lengthAtSpeed(example.samples, speed));
}

/** Planning a hundred thousand utterances takes a third of a second, so of many epochs only some are planned ahead. */
const plannedUtterances = 1e6;

/** Optimizer steps of the whole run: exact for small corpora, otherwise from the mean of the first epochs. */
export function countSteps(planner: BatchPlanner, { training }: Experiment, utterances: number, ranks = 1): number {
  const planned = Math.min(training.epochs, Math.max(2, Math.ceil(plannedUtterances / utterances)));
  let steps = 0;
  for (let epoch = 0; epoch < planned; epoch++)
    steps += Math.ceil(planner.planEpoch(epoch).length / (training.accumulate * ranks));
  return Math.ceil((steps * training.epochs) / planned);
}

function nothingToTrain(configFile: string, train: ExampleSet): UserError {
  const shown = train.problems.slice(0, 20);
  const why = shown.length > 0 ? 'every utterance has a problem' : 'the manifests are empty';
  const problem: Problem = {
    code: 'no-data',
    severity: 'error',
    message: `nothing to train on: ${why}`,
    file: configFile,
  };
  return new UserError(problem.message, [...shown, problem]);
}

function hashFiles(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      hash.update(readFileSync(file));
    } catch {
      hash.update('missing');
    }
  }
  return hash.digest('hex');
}

/** The parts of a loader that do not change over a run. */
export function createLoader(
  experiment: { features: FeatureSpec },
  examples: readonly Example[],
  pool: FeaturePool,
  statistics: FeatureStatistics | null,
  report: (problem: Problem) => void,
): BatchLoader {
  const { features } = experiment;
  const known = new Set<string>();
  return {
    examples,
    pool,
    statistics,
    bins: featureBins(features),
    frameSec: features.hopSamples / features.sampleRateHz,
    report(problem) {
      // A file that is gone is gone in every epoch; once is enough.
      const key = `${problem.file}:${problem.line}:${problem.code}`;
      if (!known.has(key)) report(problem);
      known.add(key);
    },
  };
}
