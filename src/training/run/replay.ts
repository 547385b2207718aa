import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseNpy, renderNpy } from '../../dsp/npy.ts';
import type { ParameterLayout } from '../../nn/parameterLayout.ts';
import { UserError } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { BatchShape, Snapshot, StepOptions, StepResult, TrainingBatch } from '../executor.ts';
import type { RunState } from '../runState.ts';
import { modelTensors, readModelTensors } from '../snapshotTensors.ts';
import { readCheckpoint, saveCheckpoint } from './checkpoints.ts';
import type { FileContent } from './durableFiles.ts';

const recordFile = 'replay.json';
const batchFile = (index: number) => `batch-${index}.npy`;

/** `replay.json`; features lie beside it as `batch-0.npy` …, [utterances × frames, bins], and the weights as a checkpoint. */
interface ReplayRecord {
  version: 1;
  options: StepOptions;
  lossScale?: Snapshot['lossScale'];
  /** What the step gave; JSON has no NaN, so numbers are written as text. */
  loss: string;
  gradientNorm: string;
  utteranceLosses: string[];
  batches: { ids: string[]; frames: number; frameCounts: number[]; tokens: number[][]; shape: BatchShape }[];
}

export interface ReplayParts {
  layout: ParameterLayout;
  state: RunState;
  batches: readonly TrainingBatch[];
  options: StepOptions;
  result: StepResult;
  /** Of before the step, which is as after it, since it was left out. */
  snapshot: Snapshot;
}

/** Keeps a step with all that it takes to run it again; returns its place in the run directory. */
export async function writeReplay(runDirectory: string, parts: ReplayParts): Promise<string> {
  const { layout, state, batches, options, result, snapshot } = parts;
  const place = `${runFiles.replay}/step-${options.step}`;
  const record: ReplayRecord = {
    version: 1,
    options,
    ...(snapshot.lossScale ? { lossScale: { ...snapshot.lossScale, scale: result.lossScale! } } : {}),
    loss: String(result.loss),
    gradientNorm: String(result.gradientNorm),
    utteranceLosses: Array.from(result.utteranceLosses, String),
    batches: batches.map(({ ids, frames, frameCounts, tokens, shape }) => ({
      ...{ ids, frames, shape },
      frameCounts: [...frameCounts],
      tokens: tokens.map((list) => [...list]),
    })),
  };
  const files: Record<string, FileContent> = { [recordFile]: `${JSON.stringify(record, undefined, 1)}\n` };
  for (const [index, { features, batch, frames, bins }] of batches.entries())
    files[batchFile(index)] = [
      renderNpy({ frames: batch * frames, bins, data: features.subarray(0, batch * frames * bins) }),
    ];
  const model = modelTensors(layout, snapshot);
  await saveCheckpoint([join(runDirectory, place)], options.step, state, { model }, files);
  return place;
}

export interface Replay {
  state: RunState;
  batches: TrainingBatch[];
  options: StepOptions;
  recorded: { loss: number; gradientNorm: number; utteranceLosses: number[] };
  /** The state to restore before the step, without an optimizer's. */
  snapshot(layout: ParameterLayout): Snapshot;
}

/** Throws a UserError when the directory holds no such step. */
export async function readReplay(directory: string): Promise<Replay> {
  const { state, tensors } = await readCheckpoint<RunState>(directory).catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(`${directory}: holds no step to run again`);
  });
  const record = await readRecord(join(directory, recordFile));
  const batches = await Promise.all(record.batches.map((batch, index) => readBatch(directory, index, batch)));
  return {
    state,
    batches,
    options: record.options,
    recorded: {
      loss: Number(record.loss),
      gradientNorm: Number(record.gradientNorm),
      utteranceLosses: record.utteranceLosses.map(Number),
    },
    snapshot: (layout) => ({
      ...readModelTensors(layout, tensors.model),
      slots: {},
      updates: 0,
      ...(record.lossScale ? { lossScale: record.lossScale } : {}),
    }),
  };
}

async function readRecord(file: string): Promise<ReplayRecord> {
  try {
    const record = JSON.parse(await readFile(file, 'utf8')) as ReplayRecord;
    if (record.version === 1) return record;
  } catch {
    // Told below.
  }
  throw new UserError(`${file}: missing or damaged`);
}

async function readBatch(
  directory: string,
  index: number,
  { ids, frames, frameCounts, tokens, shape }: ReplayRecord['batches'][number],
): Promise<TrainingBatch> {
  const file = join(directory, batchFile(index));
  const matrix = parseNpy(await readFile(file).catch(() => new Uint8Array(0)));
  if (!matrix || matrix.frames !== ids.length * frames) throw new UserError(`${file}: missing or damaged`);
  return {
    features: matrix.data,
    batch: ids.length,
    ...{ frames, bins: matrix.bins, ids, shape },
    frameCounts: Int32Array.from(frameCounts),
    tokens: tokens.map((list) => Int32Array.from(list)),
  };
}
