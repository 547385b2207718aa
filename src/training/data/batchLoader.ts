import type { FeatureStatistics } from '../../dsp/normalization.ts';
import type { Problem } from '../../shared/problem.ts';
import type { TrainingBatch } from '../executor.ts';
import type { PlannedBatch } from './batchPlan.ts';
import type { Example } from './examples.ts';
import type { BatchFeatures } from './featureJobs.ts';
import type { FeaturePool } from './featurePool.ts';
import type { NoiseClip } from './noiseClip.ts';

export interface LoadedBatch {
  /** Position in the plan. */
  index: number;
  /** Absent when none of the batch's files could be read. */
  batch?: TrainingBatch;
  examples: Example[];
  /** Padding included in neither. */
  audioSec: number;
  /** Share of padded frames, 0 to 1. */
  paddingShare: number;
  /** Time a feature worker spent on it. */
  featureMs: number;
  /** Batches that lay ready when this one was asked for, itself included. */
  queue: number;
}

export interface BatchLoader {
  examples: readonly Example[];
  pool: FeaturePool;
  statistics: FeatureStatistics | null;
  bins: number;
  frameSec: number;
  report(problem: Problem): void;
  /** The noise recording for an utterance; undefined for none. */
  noiseFor?(key: string, epoch: number): NoiseClip | undefined;
}

/** The batches of a plan at these places, computed ahead by the pool. `epoch` null: no augmentation. */
export async function* loadBatches(
  loader: BatchLoader,
  plan: readonly PlannedBatch[],
  order: Iterable<number>,
  epoch: number | null,
): AsyncGenerator<LoadedBatch> {
  const ahead = loader.pool.size + 3;
  const pending: { index: number; work: Promise<BatchFeatures>; ready: boolean }[] = [];
  const begin = (index: number) => {
    const entry = { index, work: request(loader, plan[index]!, epoch), ready: false };
    entry.work.then(
      () => {
        entry.ready = true;
      },
      // A batch that is never asked for, because the run stops, must not become an unhandled rejection.
      () => undefined,
    );
    pending.push(entry);
  };
  const next = async () => {
    const queue = pending.filter(({ ready }) => ready).length;
    const { index, work } = pending.shift()!;
    return { ...assemble(loader, plan[index]!, index, await work), queue };
  };
  for (const index of order) {
    begin(index);
    if (pending.length === ahead) yield await next();
  }
  while (pending.length > 0) yield await next();
}

function request(loader: BatchLoader, planned: PlannedBatch, epoch: number | null): Promise<BatchFeatures> {
  const clips = planned.members.map((member) => {
    const { range, key } = loader.examples[member]!;
    const noise = epoch === null ? undefined : loader.noiseFor?.(key, epoch);
    return noise ? { range, key, noise } : { range, key };
  });
  return loader.pool.run({ kind: 'batch', clips, frames: planned.shape.frames, epoch, statistics: loader.statistics });
}

function assemble(
  loader: BatchLoader,
  planned: PlannedBatch,
  index: number,
  result: BatchFeatures,
): Omit<LoadedBatch, 'queue'> {
  const failed = new Map(result.failures.map((failure) => [failure.index, failure.problem]));
  const examples: Example[] = [];
  for (const problem of result.noiseProblems) loader.report(problem);
  planned.members.forEach((member, position) => {
    const example = loader.examples[member]!;
    const problem = failed.get(position);
    if (problem) loader.report({ ...problem, file: example.manifest, line: example.line, column: 1 });
    else examples.push(example);
  });
  const valid = result.frameCounts.reduce((sum, count) => sum + count, 0);
  const total = planned.shape.rows * planned.shape.frames;
  return {
    index,
    examples,
    audioSec: valid * loader.frameSec,
    paddingShare: total === 0 ? 0 : 1 - valid / total,
    featureMs: result.durationMs,
    ...(examples.length === 0 ? {} : { batch: toBatch(loader, planned, result, examples) }),
  };
}

function toBatch(
  loader: BatchLoader,
  { shape }: PlannedBatch,
  result: BatchFeatures,
  examples: Example[],
): TrainingBatch {
  return {
    features: result.features,
    batch: examples.length,
    frames: shape.frames,
    bins: loader.bins,
    frameCounts: result.frameCounts,
    tokens: examples.map(({ tokens }) => tokens ?? new Int32Array(0)),
    ids: examples.map(({ audioFilepath }) => audioFilepath),
    shape,
  };
}
