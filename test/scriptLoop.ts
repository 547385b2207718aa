import { NO_ERRORS } from '../src/asr/errorRate.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import type { StepBatch } from '../src/shared/run/batchLines.ts';
import type { LoadedBatch } from '../src/training/data/batchLoader.ts';
import type { PlannedBatch } from '../src/training/data/batchPlan.ts';
import type { Example } from '../src/training/data/examples.ts';
import type { Scores } from '../src/training/evaluate.ts';
import type { ModelVectors, Snapshot, StepResult, TrainingBatch } from '../src/training/executor.ts';
import { createGuards } from '../src/training/guards.ts';
import type { LoopEvent, LoopTools } from '../src/training/loopTools.ts';
import { alone } from '../src/training/ranks.ts';
import { freshProgress } from '../src/training/runState.ts';
import { noProfiler } from '../src/training/stepProfiler.ts';

/** The loop's decisions alone: the executor says what the test wrote, and a step takes five seconds. */
export function scriptLoop(options: {
  training?: Record<string, unknown>;
  schedule?: Record<string, unknown>;
  batches?: number;
  scores?: { wer: number; loss: number }[];
  result?: (step: number) => Partial<StepResult>;
  batchesPerRun?: number;
  onStep?: (tools: LoopTools, step: number) => void;
  onEvaluate?: (tools: LoopTools) => void;
  onSettled?: (tools: LoopTools) => Promise<void>;
}) {
  const { schedule = {} } = options;
  const training = { epochs: 3, ...options.training };
  const experiment = experimentSchema.parse({ data: { train: ['x'] }, schedule, training });
  // A model of one weight, which each step raises by 1.
  let weight = 0;
  const snapshot = (): Snapshot => ({
    parameters: Float32Array.of(weight),
    buffers: new Float32Array(0),
    slots: {},
    updates: 0,
  });
  const kept = new Map<number, ModelVectors>();
  const progress = freshProgress();
  const log: string[] = [];
  const events: LoopEvent[] = [];
  const control = { stopRequested: false, paused: false, checkpoint: false };
  let seconds = 0;
  let evaluations = 0;
  const shape = { rows: 1, frames: 4, maxTokens: 1 };
  const plan: PlannedBatch[] = Array.from({ length: options.batches ?? 4 }, (_, i) => ({ shape, members: [i] }));
  const batch = (index: number): TrainingBatch => ({
    features: new Float32Array(4),
    batch: 1,
    frames: 4,
    bins: 1,
    frameCounts: Int32Array.of(4),
    tokens: [Int32Array.of(1)],
    ids: [`u${index}`],
    shape,
  });
  const example = (index: number): Example => ({
    key: `0:u${index}`,
    audioFilepath: `u${index}`,
    manifest: '/train.jsonl',
    line: index + 1,
    range: { file: `/u${index}` },
    samples: 8000,
    text: 'a',
  });
  const batches: StepBatch[] = [];
  const tools: LoopTools = {
    experiment,
    progress,
    totalSteps: 12,
    executor: {
      batchesPerRun: options.batchesPerRun ?? 1,
      async step(batches, { step }) {
        log.push(`step ${step}: ${batches.flatMap(({ ids }) => ids).join('+')}`);
        options.onStep?.(tools, step);
        seconds += 5;
        weight++;
        return {
          loss: 1,
          utteranceLosses: Float32Array.of(1),
          gradientNorm: 1,
          updated: true,
          ...options.result?.(step),
        };
      },
      async steps(requests) {
        log.push(`run of ${requests.length}`);
        const results: StepResult[] = [];
        for (const { batches, options } of requests) results.push(await tools.executor.step(batches, options));
        return results;
      },
      evaluate: () => Promise.reject(new Error('not asked here')),
      snapshot: () => Promise.resolve(snapshot()),
      async restore({ parameters }) {
        weight = parameters[0]!;
      },
      dispose: () => Promise.resolve(),
    },
    planEpoch: () => plan,
    async *loadTrain(_planned, order): AsyncGenerator<LoadedBatch> {
      for (const index of order)
        yield {
          ...{ index, batch: batch(index), examples: [example(index)] },
          ...{ audioSec: 1, paddingShare: 0, featureMs: 2, queue: 3 },
        };
    },
    async evaluate(): Promise<Scores | undefined> {
      options.onEvaluate?.(tools);
      const score = options.scores?.[evaluations++];
      return score && !control.stopRequested ? { ...score, cer: 0, words: NO_ERRORS, utterances: [] } : undefined;
    },
    async save(names, { keep, average } = {}) {
      const of = average ? ` of ${average.parameters[0]}` : '';
      log.push(`save ${names.join('+')} at ${progress.step}${of}${keep ? `, keep ${keep.join(' ')}` : ''}`);
      if (keep?.includes(progress.epoch - 1)) kept.set(progress.epoch - 1, snapshot());
    },
    async settled() {
      await options.onSettled?.(tools);
    },
    readEpoch: async (epoch) => kept.get(epoch),
    async saveReplay(batches, { step }) {
      log.push(`replay ${batches.flatMap(({ ids }) => ids).join('+')} at ${step}`);
      return `replay/step-${step}`;
    },
    guards: createGuards(experiment, 12, progress.guards),
    profiler: noProfiler,
    control: {
      get stopRequested() {
        return control.stopRequested;
      },
      get paused() {
        return control.paused;
      },
      takeProfileRequest: () => false,
      takeCheckpointRequest() {
        const asked = control.checkpoint;
        control.checkpoint = false;
        return asked;
      },
      request(kind) {
        if (kind === 'stop') control.stopRequested = true;
        else if (kind === 'checkpoint') control.checkpoint = true;
        else control.paused = kind === 'pause';
      },
      async whilePaused() {
        log.push('waited');
        control.paused = false;
      },
    },
    ranks: alone,
    emit: (event) => events.push(event),
    recordBatch: (made) => batches.push(made),
    nowMs: () => 1000 * seconds,
  };
  return {
    tools,
    log,
    events,
    batches,
    weightNow: () => weight,
    saves: () => log.filter((line) => line.startsWith('save')),
  };
}
