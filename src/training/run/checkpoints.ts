import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { checkpointFiles, runFormatVersion } from '../../shared/run/layout.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../shared/run/safetensors.ts';
import { type FileContent, hashContent, replaceDirectory } from './durableFiles.ts';

/** Tensors of a checkpoint, in a fixed order, so that equal weights give equal files. */
export interface CheckpointTensors {
  model: NamedTensor[];
  /** Absent where only the weights are kept: such a checkpoint can be used, but no run can go on from it. */
  optimizer?: NamedTensor[];
}

/** What `state.json` holds; `State` is the caller's part. */
export interface CheckpointRecord<State> {
  version: number;
  step: number;
  hashes: { model: string; optimizer?: string };
  state: State;
}

export interface Checkpoint<State> extends CheckpointRecord<State> {
  directory: string;
  tensors: CheckpointTensors;
}

/**
 * Writes a checkpoint directory, with `more` files in it, atomically and durably; returns the hash of the model file.
 * What a directory held before is removed, or kept under the name that `keptAs` has for it.
 */
export async function saveCheckpoint<State>(
  directories: readonly string[],
  step: number,
  state: State,
  tensors: CheckpointTensors,
  more: Record<string, FileContent> = {},
  keptAs: Readonly<Record<string, string>> = {},
): Promise<string> {
  const model = encodeSafetensors(tensors.model, { format: 'pt' });
  const optimizer = tensors.optimizer && encodeSafetensors(tensors.optimizer, { format: 'pt' });
  const hashes = { model: hashContent(model), ...(optimizer ? { optimizer: hashContent(optimizer) } : {}) };
  const record: CheckpointRecord<State> = { version: runFormatVersion, step, hashes, state };
  const sealed = { ...record, hash: hashContent(JSON.stringify(record)) };
  // The state names the hashes of the other files, so it is written last: a directory with a state is whole.
  const files: Record<string, FileContent> = {
    [checkpointFiles.model]: model,
    ...(optimizer ? { [checkpointFiles.optimizer]: optimizer } : {}),
    ...more,
    [checkpointFiles.state]: `${JSON.stringify(sealed, undefined, 1)}\n`,
  };
  for (const directory of directories) await replaceDirectory(directory, files, keptAs[directory]);
  return hashes.model;
}

/** Reads one checkpoint directory and compares the hashes before any value is used. */
export async function readCheckpoint<State>(directory: string): Promise<Checkpoint<State>> {
  const record = await readCheckpointRecord<State>(directory);
  const readTensors = async (file: string, hash: string) => {
    const bytes = await readFile(join(directory, file));
    if (hashContent([bytes]) !== hash)
      throw new UserError(
        `${join(directory, file)}: damaged (its hash differs from the one in ${checkpointFiles.state})`,
      );
    return decodeSafetensors(bytes).tensors;
  };
  const model = await readTensors(checkpointFiles.model, record.hashes.model);
  const { optimizer: hash } = record.hashes;
  const optimizer = hash === undefined ? {} : { optimizer: await readTensors(checkpointFiles.optimizer, hash) };
  return { ...record, directory, tensors: { model, ...optimizer } };
}

/** The small part of a checkpoint; its own hash is compared, those of the tensors are not. */
export const readCheckpointRecord = async <State>(directory: string): Promise<CheckpointRecord<State>> =>
  parseRecord<State>(await readFile(join(directory, checkpointFiles.state), 'utf8'), directory);

export interface FoundCheckpoint<State> {
  checkpoint?: Checkpoint<State>;
  /** One message for each checkpoint that was damaged and passed over. */
  rejected: string[];
}

/**
 * The newest whole checkpoint of a run: `last`, or what a crash in the middle of replacing it left under another name,
 * or any other checkpoint when those are damaged; with `upToStep`, of those that are not of a later step.
 */
export async function findNewestCheckpoint<State>(
  checkpoints: string,
  upToStep = Number.POSITIVE_INFINITY,
): Promise<FoundCheckpoint<State>> {
  const { found, rejected } = await listCheckpoints(checkpoints);
  for (const { directory, step } of found) {
    if (step > upToStep) continue;
    try {
      return { checkpoint: await readCheckpoint<State>(directory), rejected };
    } catch (error) {
      rejected.push(error instanceof UserError ? error.message : `${directory}: ${(error as Error).message}`);
    }
  }
  return { rejected };
}

interface ListedCheckpoint {
  directory: string;
  step: number;
}

/** Checkpoints that a run can go on from, newest first, `last` before others of its step; their tensors are not read. */
export async function listCheckpoints(checkpoints: string): Promise<{ found: ListedCheckpoint[]; rejected: string[] }> {
  const found: (ListedCheckpoint & { rank: number })[] = [];
  const rejected: string[] = [];
  for (const name of await listDirectories(checkpoints)) {
    const directory = join(checkpoints, name);
    try {
      const { step, hashes } = await readCheckpointRecord(directory);
      if (hashes.optimizer !== undefined)
        found.push({ directory, step, rank: name === 'last' ? 0 : name.startsWith('last') ? 1 : 2 });
    } catch (error) {
      // A directory without its state was being written when the engine died.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') rejected.push((error as Error).message);
    }
  }
  return { found: found.sort((a, b) => b.step - a.step || a.rank - b.rank), rejected };
}

/** Finishes or undoes replacements that a crash interrupted, once the checkpoint to go on from is in memory. */
export async function clearLeftovers(checkpoints: string): Promise<void> {
  const names = await listDirectories(checkpoints);
  for (const target of new Set(names.map((name) => name.replace(/\.(new|old)$/, '')))) {
    const [directory, fresh, old] = [target, `${target}.new`, `${target}.old`].map((name) => join(checkpoints, name));
    const remove = (leftover: string) => rm(leftover, { recursive: true, force: true });
    // What the newest state says of `best` is true of the new one.
    if (await isWhole(fresh!)) {
      await remove(directory!);
      await rename(fresh!, directory!);
    } else if (!names.includes(target) && (await isWhole(old!))) await rename(old!, directory!);
    else if (!names.includes(target)) continue;
    await remove(fresh!);
    await remove(old!);
  }
}

const isWhole = (directory: string): Promise<boolean> =>
  readCheckpoint(directory).then(
    () => true,
    () => false,
  );

async function listDirectories(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function parseRecord<State>(text: string, directory: string): CheckpointRecord<State> {
  const file = join(directory, checkpointFiles.state);
  let sealed: Partial<CheckpointRecord<State> & { hash: string }> | undefined;
  try {
    sealed = JSON.parse(text) as typeof sealed;
  } catch {
    throw new UserError(`${file}: damaged (not JSON)`);
  }
  const { hash, ...record } = sealed ?? {};
  if (hash !== hashContent(JSON.stringify(record)))
    throw new UserError(`${file}: damaged (its hash is not its content's)`);
  const { version, step, hashes, state } = record;
  if (typeof version !== 'number' || typeof step !== 'number' || !hashes?.model || !state)
    throw new UserError(`${file}: damaged (a part is missing)`);
  if (version > runFormatVersion)
    throw new UserError(`${file}: written by a newer version (format ${version}); update ASR Workbench`);
  return { version, step, hashes, state };
}
