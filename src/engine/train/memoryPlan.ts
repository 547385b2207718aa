import { chooseBatchSeconds, type ForecastSetup, forecastMemory, forecastRun } from '../../analysis/memoryForecast.ts';
import type { ModelSpec } from '../../nn/modelSpec.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import type { BatchShape, Executor, TrainingBatch } from '../../training/executor.ts';
import { ofFirst, type Ranks } from '../../training/ranks.ts';
import type { RunState } from '../../training/runState.ts';
import type { LoadOptions, TrainingData } from '../../training/trainingData.ts';
import { freeMemoryBytes, memoryShare } from '../freeMemory.ts';

export const renderBytes = (bytes: number): string =>
  bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

export function forecastSetup({ loss, optimizer, training }: Experiment, spec: ModelSpec): ForecastSetup {
  const { precision, emaDecay, accumulate } = training;
  return { spec, loss, precision, optimizer, emaDecay, accumulate };
}

/**
 * How `training.batchSeconds: auto` is answered: a run that goes on keeps what it has, others take the longest batches
 * that leave other programs their share of the free memory. All ranks go by what the first finds free. A GPU's memory
 * is not known here.
 */
export async function chosenBatches(
  experiment: Experiment,
  device: string,
  saved: Pick<RunState, 'batchSeconds'> | undefined,
  ranks: Ranks,
): Promise<Pick<LoadOptions, 'chooseBatchSeconds'>> {
  const kept = saved?.batchSeconds;
  if (kept !== undefined) return { chooseBatchSeconds: () => kept };
  const allowed = await ofFirst(ranks, (memoryShare * freeMemoryBytes()) / ranks.count);
  if (device !== 'cpu') return {};
  return {
    chooseBatchSeconds: (spec, shapesFor) =>
      chooseBatchSeconds(forecastSetup(experiment, spec), shapesFor, allowed).batchSeconds,
  };
}

/** What of the data decides on batches. */
export type BatchPlan = Pick<TrainingData, 'spec' | 'batchSeconds' | 'shapesFor'>;

export interface MemoryPlan {
  peakBytes: number;
  shape: BatchShape;
}

/** The most a run will take, by forecast, and in which bucket. */
export const planMemory = (experiment: Experiment, data: TrainingData): MemoryPlan =>
  forecastRun(forecastSetup(experiment, data.spec), data.planner.shapes);

/** `peak memory 0.7 GiB, in batches of 8 × 4.0 s; batches of 40 s chosen to fit 60 % of 12.3 GiB free` */
export function renderMemory(experiment: Experiment, data: TrainingData, { peakBytes, shape }: MemoryPlan): string {
  const frameSec = experiment.features.hopSamples / experiment.features.sampleRateHz;
  const bucket = `peak memory ${renderBytes(peakBytes)} by forecast, in batches of ${shape.rows} × ${(shape.frames * frameSec).toFixed(1)} s`;
  if (experiment.training.batchSeconds !== 'auto') return bucket;
  const free = `${Math.round(100 * memoryShare)} % of the ${renderBytes(freeMemoryBytes())} that are free`;
  return `${bucket}; training.batchSeconds auto: ${data.batchSeconds} s, for ${free}`;
}

/** The executor, whose failures for want of memory name the bucket and the batches that fit. */
export function explainMemory(executor: Executor, experiment: Experiment, data: BatchPlan): Executor {
  return {
    ...executor,
    async step(batches, options) {
      try {
        return await executor.step(batches, options);
      } catch (error) {
        if (!ranOutOfMemory(error)) throw error;
        throw new UserError(outOfMemory(experiment, data, batches));
      }
    },
  };
}

/** The system's killer leaves SIGKILL; a failed allocation is C++'s, V8's or the runtime's own message. */
const ranOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  /most likely because memory ran out|bad_alloc|bad allocation|out of memory|allocation failed|failed to allocate/i.test(
    error.message,
  );

function outOfMemory(experiment: Experiment, data: BatchPlan, batches: readonly TrainingBatch[]): string {
  const setup = forecastSetup(experiment, data.spec);
  const { hopSamples, sampleRateHz } = experiment.features;
  const largest = batches.reduce((a, b) => (b.shape.rows * b.shape.frames > a.shape.rows * a.shape.frames ? b : a));
  const { shape, frameCounts, ids } = largest;
  const row = frameCounts.indexOf(Math.max(...frameCounts));
  const longest = `${ids[row]}, ${((frameCounts[row]! * hopSamples) / sampleRateHz).toFixed(1)} s`;
  const { peakBytes } = forecastMemory(setup, shape);
  // What failed did not fit, whatever the system says is free.
  const allowed = Math.min(memoryShare * freeMemoryBytes(), 0.8 * peakBytes);
  const choice = chooseBatchSeconds(setup, data.shapesFor, allowed, data.batchSeconds);
  const remedy = choice.fits
    ? `set training.batchSeconds to ${choice.batchSeconds} (${renderBytes(choice.peakBytes)} by forecast), or close other programs`
    : 'even the shortest batches may not fit: lower data.maxDurationSec, take a smaller model, or close other programs';
  return (
    `memory ran out in a batch of ${shape.rows} utterances × ${shape.frames} frames (the longest is ${longest}), ` +
    `which needs ${renderBytes(peakBytes)} by forecast; ${remedy}`
  );
}
