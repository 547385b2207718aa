import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../shared/problem.ts';
import { parseEventLines, renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { bytesUpToStep } from '../../shared/run/findStepBatch.ts';
import { checkpointFiles, runFiles } from '../../shared/run/layout.ts';
import { withFile } from '../data/fileSource.ts';
import type { RunState } from '../runState.ts';
import {
  type Checkpoint,
  findNewestCheckpoint,
  listCheckpoints,
  readCheckpoint,
  readCheckpointRecord,
  saveCheckpoint,
} from './checkpoints.ts';
import { epochDirectory } from './epochWeights.ts';
import { readRecord } from './runDirectory.ts';

/** What a new run begins from. */
export interface ForkSource {
  checkpoint: Checkpoint<RunState>;
  /** The run of the checkpoint; absent when it lies outside one. */
  run?: string;
  /** Messages of damaged checkpoints that were passed over. */
  rejected: string[];
}

/** A checkpoint, or the newest of a run, at `upToStep` at most; throws a UserError when there is none to go on from. */
export async function findForkSource(from: string, upToStep = Number.POSITIVE_INFINITY): Promise<ForkSource> {
  const path = resolve(from);
  if (existsSync(join(path, checkpointFiles.state))) {
    const checkpoint = await readCheckpoint<RunState>(path);
    if (!checkpoint.tensors.optimizer) throw new UserError(`${from}: holds weights alone; no run can go on from it`);
    if (checkpoint.step > upToStep) throw new UserError(`${from}: is of step ${checkpoint.step}, after ${upToStep}`);
    const run = dirname(dirname(path));
    return { checkpoint, ...(readRecord(run) ? { run } : {}), rejected: [] };
  }
  if (!readRecord(path)) throw new UserError(`${from}: neither a run nor a checkpoint`);
  const checkpoints = join(path, runFiles.checkpoints);
  const { checkpoint, rejected } = await findNewestCheckpoint<RunState>(checkpoints, upToStep);
  if (checkpoint) return { checkpoint, run: path, rejected };
  const steps = (await listCheckpoints(checkpoints)).found.map(({ step }) => step);
  const all = [...new Set(steps)].sort((a, b) => a - b).join(', ');
  const reason = all === '' ? 'no run can go on from it: it has no checkpoint' : `its checkpoints are of step ${all}`;
  throw new UserError(`${from}: ${rejected[0] ?? reason}`);
}

/**
 * Fills the directory of a run that goes on from there: the checkpoint, the best one and the weights to be averaged as far
 * as they are of that time, and what was told of the steps up to it. The other run is only read.
 */
export async function forkRun({ checkpoint, run }: ForkSource, directory: string): Promise<void> {
  const { step, state, tensors } = checkpoint;
  const place = (name: string) => join(directory, runFiles.checkpoints, name);
  await saveCheckpoint([place('last')], step, state, tensors);
  if (run === undefined) return;
  for (const name of ['best', ...state.progress.kept.map(({ epoch }) => epochDirectory(epoch))]) {
    const source = join(run, runFiles.checkpoints, name);
    const record = await readCheckpointRecord(source).catch(() => undefined);
    if (!record || record.step > step) continue;
    const other = await readCheckpoint(source).catch(() => undefined);
    if (other) await saveCheckpoint([place(name)], other.step, other.state, other.tensors);
  }
  await copyEvents(join(run, runFiles.events), join(directory, runFiles.events), step);
  await copyBatches(join(run, runFiles.batches), join(directory, runFiles.batches), step);
}

async function copyEvents(from: string, to: string, step: number): Promise<void> {
  if (existsSync(from)) await pipeline(eventsUpTo(from, step), createWriteStream(to));
}

async function* eventsUpTo(file: string, step: number): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [event] = parseEventLines(`${line}\n`).events;
    const kept = event && event.step <= step ? ofAnotherRun(event) : undefined;
    if (kept) yield renderEvent(kept);
  }
}

/** Without what is about the other run's end and about files that stay there. */
function ofAnotherRun(event: EngineEvent): EngineEvent | undefined {
  if (event.kind === 'finished' || event.kind === 'profiled') return undefined;
  if (event.kind !== 'guard') return event;
  const { replay: _, ...guard } = event;
  return guard;
}

async function copyBatches(from: string, to: string, step: number): Promise<void> {
  if (!existsSync(from)) return;
  const bytes = await withFile(from, (source) => bytesUpToStep(source, step));
  if (bytes > 0) await pipeline(createReadStream(from, { end: bytes - 1 }), createWriteStream(to));
}
