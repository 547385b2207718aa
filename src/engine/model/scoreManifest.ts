import { createTokenizer } from '../../asr/tokenizer.ts';
import type { Batch } from '../../nn/batch.ts';
import { augmentSchema } from '../../shared/config/augmentSchema.ts';
import { frameCount } from '../../shared/config/derived.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { lossSchema } from '../../shared/config/trainingSchema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import { type ExampleRules, type ExampleSet, type HeaderReader, loadExamples } from '../../training/data/examples.ts';
import { createFeaturePool, type FeaturePool } from '../../training/data/featurePool.ts';
import { evaluateBatches, type Scores } from '../../training/evaluate.ts';
import type { Evaluation } from '../../training/executor.ts';
import { createLoader, planEvaluation } from '../../training/trainingData.ts';
import type { Terminal } from '../terminal.ts';
import { workerFile } from '../workerFiles.ts';
import type { ModelMetadata } from './modelMetadata.ts';

/** Audio per batch; the result does not depend on it. */
export const batchSeconds = 40;

export interface Measured {
  /** What was scored, as it was named. */
  source: string;
  metadata: ModelMetadata;
  scores: Scores;
  seconds: number;
  audioSec: number;
  skipped: number;
  /** By the manifest's own `"exclude": true`. */
  excluded: number;
  /** Utterances left out, and why. */
  problems: Problem[];
  /** Of the utterances where it could be told, by key; empty unless it was asked for. */
  snrDb: ReadonlyMap<string, number>;
}

/** What turns features into log-probabilities: a model, or several that agree on features and units. */
export interface Scorer {
  source: string;
  metadata: ModelMetadata;
  evaluate(batch: Batch): Promise<Evaluation>;
}

/** Greedy transcripts and error rates of a manifest's utterances; those that cannot be read are reported and left out. */
export async function scoreManifest(
  scorer: Scorer,
  manifest: string,
  terminal: Terminal,
  { snr = false }: { snr?: boolean } = {},
): Promise<Measured> {
  const { features, vocabulary } = scorer.metadata;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment: noAugmentation, seed: 0 });
  try {
    const set = await loadScored(scorer.metadata, manifest, pool);
    const problems: Problem[] = [];
    const report = (problem: Problem) => {
      problems.push(problem);
      terminal.report(problem);
    };
    for (const problem of set.problems) report(problem);
    if (set.examples.length === 0) throw new UserError(`${manifest}: no utterance to evaluate`);
    const plan = planEvaluation(features, undefined, batchSeconds, set.examples);
    const loader = createLoader({ features }, set.examples, pool, null, report);
    const startMs = performance.now();
    let done = 0;
    const scores = await evaluateBatches(loadBatches(loader, plan, plan.keys(), null), vocabulary, (batch) => {
      terminal.progress(`evaluating ${done}/${set.examples.length}`);
      done += batch.batch;
      return scorer.evaluate(batch);
    });
    terminal.progress('');
    const seconds = (performance.now() - startMs) / 1000;
    const failed = set.examples.length - scores!.utterances.length;
    return {
      source: scorer.source,
      metadata: scorer.metadata,
      scores: scores!,
      seconds,
      audioSec: audioSeconds(scores!, features),
      skipped: set.skipped + failed,
      excluded: set.excluded,
      problems,
      snrDb: snr ? await measureSnr(scores!.utterances, pool, terminal) : new Map(),
    };
  } finally {
    await pool.dispose();
  }
}

/** Reads the recordings once more: only reports need it, and the time that recognition takes must not hold it. */
async function measureSnr(utterances: Scores['utterances'], pool: FeaturePool, terminal: Terminal) {
  const found = new Map<string, number>();
  for (let start = 0; start < utterances.length; start += snrChunk) {
    terminal.progress(`hearing the noise of ${start}/${utterances.length}`);
    const part = utterances.slice(start, start + snrChunk);
    const ratios = await pool.run({ kind: 'snr', clips: part.map(({ example }) => example.range) });
    ratios.forEach((ratio, i) => {
      if (typeof ratio === 'number') found.set(part[i]!.example.key, ratio);
    });
  }
  terminal.progress('');
  return found;
}

const snrChunk = 32;

/** The utterances of a manifest that a model can be scored on. */
export const loadScored = (metadata: ModelMetadata, manifest: string, pool: HeaderReader): Promise<ExampleSet> =>
  loadExamples([manifest], scoringRules(metadata), pool);

/** Everything that can be heard is scored. */
function scoringRules({ features, text, vocabulary, timeStride }: ModelMetadata): ExampleRules {
  return {
    experiment: {
      data: { train: [], dev: [], maxDurationSec: 0 },
      text,
      features,
      augment: noAugmentation,
      loss: lossSchema.parse({}), // scoring leaves nothing out for its loss
    },
    tokenizer: createTokenizer(vocabulary, text),
    frameCount: (samples: number) => frameCount(features, samples),
    outputFrames: (frames: number) => Math.floor(frames / timeStride),
    purpose: 'evaluate',
  };
}

export const noAugmentation = augmentSchema.parse({
  speed: [1],
  timeMasks: { count: 0 },
  frequencyMasks: { count: 0 },
});

function audioSeconds(scores: Scores, features: FeatureSpec): number {
  return scores.utterances.reduce((sum, { example }) => sum + example.samples, 0) / features.sampleRateHz;
}
