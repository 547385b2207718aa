import { errorRateInterval95 } from '../../asr/bootstrap.ts';
import { errorRate } from '../../asr/errorRate.ts';
import { createCharTokenizer } from '../../asr/tokenizer.ts';
import { augmentSchema } from '../../shared/config/augmentSchema.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import { loadExamples } from '../../training/data/examples.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import { evaluateBatches, type Scores } from '../../training/evaluate.ts';
import { createLoader, frameCount, planEvaluation } from '../../training/trainingData.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';
import { workerFile } from '../workerFiles.ts';

/** Audio per batch; the result does not depend on it. */
const batchSeconds = 40;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const model = await openModel(args.operands[0]!);
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const { scores, seconds, audioSec, skipped } = await score(model, args.text('manifest')!, threads, terminal);
  const { wer, cer, words } = scores;
  const interval95 = errorRateInterval95(
    scores.utterances.map((utterance) => utterance.words),
    scores.utterances.map(({ example }) => example.speaker),
  );
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
  const { substitutions, deletions, insertions, reference } = words;
  terminal.print(
    `WER ${percent(wer)} (95 % interval ${percent(interval95[0])} to ${percent(interval95[1])}), CER ${percent(cer)}`,
  );
  terminal.print(`${reference} words: ${substitutions} substituted, ${deletions} deleted, ${insertions} inserted`);
  terminal.print(
    `${scores.utterances.length} utterances, ${skipped} left out; ${model.source}, greedy, no language model`,
  );
  terminal.result({
    wer,
    cer,
    wordErrors: { substitutions, deletions, insertions, words: reference },
    interval95,
    realTimeFactor: seconds / audioSec,
    skipped,
    model: model.source,
    utterances: scores.utterances.map((utterance) => ({
      audioFilepath: utterance.example.audioFilepath,
      reference: utterance.example.text,
      hypothesis: utterance.hypothesis,
      wer: errorRate(utterance.words),
    })),
  });
  return 0;
}

interface Measured {
  scores: Scores;
  seconds: number;
  audioSec: number;
  skipped: number;
}

async function score(model: OpenedModel, manifest: string, threads: number, terminal: Terminal): Promise<Measured> {
  const { features, text } = model.metadata;
  const recognizer = await createRecognizer(model, threads);
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment: noAugmentation, seed: 0 });
  try {
    const rules = {
      experiment: {
        data: { train: [], dev: [], maxDurationSec: 0 },
        text,
        features,
        augment: noAugmentation,
      },
      tokenizer: createCharTokenizer(text),
      frameCount: (samples: number) => frameCount(features, samples),
      outputFrames: (frames: number) => Math.floor(frames / model.metadata.timeStride),
      purpose: 'evaluate' as const,
    };
    const set = await loadExamples([manifest], rules, pool);
    for (const problem of set.problems) terminal.report(problem);
    if (set.examples.length === 0) throw new UserError(`${manifest}: no utterance to evaluate`);
    const plan = planEvaluation(features, undefined, batchSeconds, set.examples);
    const loader = createLoader({ features }, set.examples, pool, null, (problem) => terminal.report(problem));
    const startMs = performance.now();
    let done = 0;
    const scores = await evaluateBatches(loadBatches(loader, plan, 0, null), model.metadata.vocabulary, (batch) => {
      terminal.progress(`evaluating ${done}/${set.examples.length}`);
      done += batch.batch;
      return recognizer.evaluate(batch);
    });
    terminal.progress('');
    const failed = set.examples.length - scores!.utterances.length;
    return {
      scores: scores!,
      seconds: (performance.now() - startMs) / 1000,
      audioSec: audioSeconds(scores!, features),
      skipped: set.skipped + failed,
    };
  } finally {
    await recognizer.dispose();
    await pool.dispose();
  }
}

const noAugmentation = augmentSchema.parse({ speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } });

function audioSeconds(scores: Scores, features: FeatureSpec): number {
  return scores.utterances.reduce((sum, { example }) => sum + example.samples, 0) / features.sampleRateHz;
}
