import { join } from 'node:path';
import type { ParameterLayout } from '../../nn/parameterLayout.ts';
import { UserError } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { Executor, ModelVectors, Snapshot } from '../executor.ts';
import { fileReason, systemCode } from '../fileError.ts';
import { tensorsOf } from '../snapshotTensors.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { placeForEarlier, removeEarlier } from './earlierCheckpoints.ts';
import { epochDirectory, removeOtherEpochs } from './epochWeights.ts';

export interface SavedCheckpoint {
  /** Relative to the run directory. */
  path: string;
  step: number;
  epoch: number;
  durationMs: number;
  /** How long training stood still; absent for a further name of the same save. */
  pauseMs?: number;
  modelHash: string;
}

export interface SaverTools<State> {
  runDirectory: string;
  layout: ParameterLayout;
  executor: Executor;
  /** So many checkpoints that `last` held before stay under the names of their steps. */
  keepEarlier: number;
  /** Called at the moment the weights are taken. */
  stateNow(): State & { progress: { step: number; epoch: number } };
  nowMs(): number;
  saved(checkpoint: SavedCheckpoint): void;
  /** A write failed; training goes on, the previous checkpoint is whole, and the next save tries again. */
  failed(message: string): void;
  /** Repeats a write that found no space. */
  persist<T>(write: () => Promise<T>): Promise<T>;
}

export interface SaveOptions {
  /** Epochs (from 0) whose weights are to be on disk afterwards: the one just ended is written, others are removed. */
  keep?: readonly number[];
  /** Takes the place of the weights as what is evaluated, as a moving average would. */
  average?: ModelVectors;
}

export interface Saver {
  /** Takes the weights now; writing goes on while training does. */
  save(names: readonly string[], more?: SaveOptions): Promise<void>;
  /** Waits for the last write and throws when it failed. */
  finish(): Promise<void>;
}

/** Of a process that leaves saving to another. */
export const noSaver: Saver = { save: async () => undefined, finish: async () => undefined };

export function createSaver<State>(tools: SaverTools<State>): Saver {
  const { keepEarlier } = tools;
  let writing: Promise<Error | undefined> = Promise.resolve(undefined);
  return {
    async save(names, { keep, average } = {}) {
      const startMs = tools.nowMs();
      await writing;
      const state = structuredClone(tools.stateNow());
      const snapshot = { ...(await tools.executor.snapshot()), ...(average ? { average } : {}) };
      const { step, epoch } = state.progress;
      const pauseMs = tools.nowMs() - startMs;
      writing = (async () => {
        try {
          // `last` counts on `best` being what its state says, so it comes after it.
          const ordered = [...names].sort((a, b) => Number(a === 'last') - Number(b === 'last'));
          const paths = ordered.map((name) => `${runFiles.checkpoints}/${name}`);
          const directories = paths.map((path) => join(tools.runDirectory, path));
          // Before the checkpoint that counts on it; what it no longer counts on goes after it.
          if (keep?.includes(epoch - 1)) await tools.persist(() => writeEpoch(tools, epoch - 1, step, state, snapshot));
          const checkpoints = join(tools.runDirectory, runFiles.checkpoints);
          const earlier = keepEarlier > 0 ? await placeForEarlier(checkpoints, step) : undefined;
          const keptAs = earlier ? { [join(checkpoints, 'last')]: earlier } : {};
          const tensors = tensorsOf(tools.layout, snapshot);
          const modelHash = await tools.persist(() => saveCheckpoint(directories, step, state, tensors, {}, keptAs));
          const durationMs = tools.nowMs() - startMs;
          for (const [i, path] of paths.entries())
            tools.saved({ path, step, epoch, durationMs, modelHash, ...(i === 0 ? { pauseMs } : {}) });
          if (keep) await removeOtherEpochs(checkpoints, keep);
          if (names.includes('last')) await removeEarlier(checkpoints, step, keepEarlier);
          return undefined;
        } catch (error) {
          const failure = explain(error);
          tools.failed(failure.message);
          return failure;
        }
      })();
    },
    async finish() {
      const failure = await writing;
      if (failure) throw failure;
    },
  };
}

function writeEpoch<State>(
  { runDirectory, layout }: SaverTools<State>,
  epoch: number,
  step: number,
  state: State,
  snapshot: Snapshot,
): Promise<string> {
  const directory = join(runDirectory, runFiles.checkpoints, epochDirectory(epoch));
  return saveCheckpoint([directory], step, state, { model: tensorsOf(layout, snapshot).model });
}

function explain(error: unknown): Error {
  if (systemCode(error) === undefined) return error as Error;
  const reason = fileReason(error) ?? (error as Error).message;
  return new UserError(
    `the checkpoint could not be saved: ${reason}; the previous one is whole, go on from it with --resume`,
  );
}
