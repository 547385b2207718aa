import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { forecastRun } from '../analysis/memoryForecast.ts';
import { createTokenizer } from '../asr/tokenizer.ts';
import type { ModelSpec } from '../nn/modelSpec.ts';
import { featureBins } from '../shared/config/derived.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { DataFacts } from '../shared/protocol/analysis.ts';
import type { BatchPlanner } from './data/batchPlan.ts';
import { type Example, type HeaderReader, loadExamples } from './data/examples.ts';
import { learnVocabulary } from './data/vocabulary.ts';
import { countSteps, exampleRules, framesInEpoch, planTraining, usualBatchSeconds } from './trainingData.ts';

/** Manifests of some hundred thousand utterances; larger ones are for training, not for looking at while one types. */
const largestManifestBytes = 64 * 2 ** 20;

/**
 * What training would find in its manifests, by the functions that a run uses: which utterances it takes, how it batches
 * them, and what memory that needs. Nothing is read of the recordings but their headers.
 * Throws a UserError when the manifests are too large, or too few for the vocabulary.
 */
export async function describeData(
  experiment: Experiment,
  configFile: string,
  headers: HeaderReader,
): Promise<DataFacts> {
  const { features, augment, model, loss, optimizer, training } = experiment;
  const files = experiment.data.train.map((file) => resolve(dirname(configFile), file));
  await refuseLarge(files);
  const vocabulary = await learnVocabulary(experiment, files, configFile);
  const rules = exampleRules(experiment, createTokenizer(vocabulary, experiment.text));
  const { examples, problems, skipped, totalSec } = await loadExamples(files, { ...rules, purpose: 'train' }, headers);
  const [firstProblem] = problems;
  const facts = {
    usable: examples.length,
    infeasible: problems.filter(({ code }) => code === 'ctc-infeasible').length,
    leftOut: skipped,
    fastestSpeed: Math.max(...augment.speed),
    durationSec: totalSec,
    ...(firstProblem ? { firstProblem: firstProblem.message } : {}),
  };
  if (examples.length === 0) return { ...facts, stepsPerEpoch: 0, paddingShare: 0, peakMemoryBytes: 0 };
  const seconds = training.batchSeconds === 'auto' ? usualBatchSeconds : training.batchSeconds;
  const planner = planTraining(experiment, seconds, examples);
  const spec: ModelSpec = { config: model, bins: featureBins(features), vocabularySize: vocabulary.length };
  return {
    ...facts,
    recording: examples[0]!.range.file,
    stepsPerEpoch: countSteps(planner, experiment, examples.length) / training.epochs,
    paddingShare: paddingOf(experiment, examples, planner),
    peakMemoryBytes: forecastRun({ ...training, spec, loss, optimizer }, planner.shapes).peakBytes,
  };
}

/** Of an epoch after the first, whose order is not the usual one. */
function paddingOf(experiment: Experiment, examples: readonly Example[], planner: BatchPlanner): number {
  const epoch = 1;
  let valid = 0;
  let total = 0;
  for (const { shape, members } of planner.planEpoch(epoch)) {
    total += shape.rows * shape.frames;
    for (const member of members) valid += framesInEpoch(experiment, examples[member]!, epoch);
  }
  return 1 - valid / total;
}

async function refuseLarge(files: readonly string[]): Promise<void> {
  let bytes = 0;
  for (const file of files)
    bytes += await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
  if (bytes > largestManifestBytes)
    throw new UserError(`the training manifests have ${Math.round(bytes / 2 ** 20)} MiB, too much to look at here`);
}
