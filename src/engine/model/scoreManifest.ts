import { createTokenizer } from '../../asr/tokenizer.ts';
import type { Batch } from '../../nn/batch.ts';
import { augmentSchema } from '../../shared/config/augmentSchema.ts';
import { frameCount } from '../../shared/config/derived.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { lossSchema } from '../../shared/config/trainingSchema.ts';
import { UserError } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import { type ExampleRules, type ExampleSet, type HeaderReader, loadExamples } from '../../training/data/examples.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import { evaluateBatches, type Scores } from '../../training/evaluate.ts';
import type { Evaluation } from '../../training/executor.ts';
import { createLoader, planEvaluation } from '../../training/trainingData.ts';
import type { Terminal } from '../terminal.ts';
import { workerFile } from '../workerFiles.ts';
import type { ModelMetadata } from './modelMetadata.ts';

/** Audio per batch; the result does not depend on it. */
const batchSeconds = 40;

export interface Measured {
  /** What was scored, as it was named. */
  source: string;
  scores: Scores;
  seconds: number;
  audioSec: number;
  skipped: number;
  /** By the manifest's own `"exclude": true`. */
  excluded: number;
}

/** What turns features into log-probabilities: a model, or several that agree on features and units. */
export interface Scorer {
  source: string;
  metadata: ModelMetadata;
  evaluate(batch: Batch): Promise<Evaluation>;
}

/** Greedy transcripts and error rates of a manifest's utterances; those that cannot be read are reported and left out. */
export async function scoreManifest(scorer: Scorer, manifest: string, terminal: Terminal): Promise<Measured> {
  const { features, vocabulary } = scorer.metadata;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment: noAugmentation, seed: 0 });
  try {
    const set = await loadScored(scorer.metadata, manifest, pool);
    for (const problem of set.problems) terminal.report(problem);
    if (set.examples.length === 0) throw new UserError(`${manifest}: no utterance to evaluate`);
    const plan = planEvaluation(features, undefined, batchSeconds, set.examples);
    const loader = createLoader({ features }, set.examples, pool, null, (problem) => terminal.report(problem));
    const startMs = performance.now();
    let done = 0;
    const scores = await evaluateBatches(loadBatches(loader, plan, plan.keys(), null), vocabulary, (batch) => {
      terminal.progress(`evaluating ${done}/${set.examples.length}`);
      done += batch.batch;
      return scorer.evaluate(batch);
    });
    terminal.progress('');
    const failed = set.examples.length - scores!.utterances.length;
    return {
      source: scorer.source,
      scores: scores!,
      seconds: (performance.now() - startMs) / 1000,
      audioSec: audioSeconds(scores!, features),
      skipped: set.skipped + failed,
      excluded: set.excluded,
    };
  } finally {
    await pool.dispose();
  }
}

/** The utterances of a manifest that a model can be scored on. */
export function loadScored(metadata: ModelMetadata, manifest: string, pool: HeaderReader): Promise<ExampleSet> {
  const { features, text, vocabulary, timeStride } = metadata;
  const rules: ExampleRules = {
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
  return loadExamples([manifest], rules, pool);
}

export const noAugmentation = augmentSchema.parse({
  speed: [1],
  timeMasks: { count: 0 },
  frequencyMasks: { count: 0 },
});

function audioSeconds(scores: Scores, features: FeatureSpec): number {
  return scores.utterances.reduce((sum, { example }) => sum + example.samples, 0) / features.sampleRateHz;
}
