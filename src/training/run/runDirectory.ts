import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import {
  parseRunRecord,
  type RunRecord,
  runDirectoryName,
  runFiles,
  runFormatVersion,
} from '../../shared/run/layout.ts';
import { replaceFile } from './durableFiles.ts';

export interface RunPlace {
  directory: string;
  /** The run has been started before. */
  exists: boolean;
}

/** Where a run of this experiment is kept: the given directory, or a new one in `runs/` beside the config file. */
export function chooseRunDirectory(
  configFile: string,
  name: string,
  given: string | undefined,
  resume: boolean,
  nowMs: number,
): RunPlace {
  const runs = join(dirname(resolve(configFile)), 'runs');
  if (given === undefined) {
    // A trial is its sweep's to go on with.
    const isOwn = ({ record }: { record: RunRecord }) => record.name === name && record.sweep === undefined;
    const latest = resume ? listRuns(runs).findLast(isOwn) : undefined;
    if (latest) return { directory: latest.directory, exists: true };
    return { directory: freeName(join(runs, runDirectoryName(name, nowMs))), exists: false };
  }
  const directory = resolve(given);
  const exists = readRecord(directory) !== undefined;
  if (exists && !resume)
    throw new UserError(`${directory}: this run exists; give --resume to go on with it, or another --run-dir`);
  if (!exists && existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw new UserError(`${directory}: it is a file; give another --run-dir`);
    if (!readdirSync(directory).every(isOwnFile))
      throw new UserError(`${directory}: not a run and not empty; give another --run-dir`);
  }
  return { directory, exists };
}

/** Makes the directory and marks it as a run; the record comes last, so a marked run is whole. */
export async function createRun(
  directory: string,
  config: string,
  record: Omit<RunRecord, 'version' | 'pid' | 'host'>,
): Promise<void> {
  mkdirSync(join(directory, runFiles.checkpoints), { recursive: true });
  await replaceFile(join(directory, runFiles.config), config);
  const full: RunRecord = { version: runFormatVersion, ...record, pid: process.pid, host: hostname() };
  await replaceFile(join(directory, runFiles.record), `${JSON.stringify(full, undefined, 1)}\n`);
}

export function readRecord(directory: string): RunRecord | undefined {
  try {
    return parseRunRecord(readFileSync(join(directory, runFiles.record), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs directly inside a directory, oldest first. */
export function listRuns(directory: string): { directory: string; record: RunRecord }[] {
  const names = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
  return names
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ directory: join(directory, entry.name), record: readRecord(join(directory, entry.name)) }))
    .filter((run): run is { directory: string; record: RunRecord } => run.record !== undefined)
    .sort((a, b) => a.record.createdMs - b.record.createdMs || (a.directory < b.directory ? -1 : 1));
}

/** A run that died before it was marked holds only files of ours and may be started again. */
function isOwnFile(name: string): boolean {
  return Object.values<string>(runFiles).some((own) => name === own || name.startsWith(`${own}.`));
}

/** The directory, or the first of `-2`, `-3`… that is not there yet. */
export function freeName(directory: string): string {
  let candidate = directory;
  for (let n = 2; existsSync(candidate); n++) candidate = `${directory}-${n}`;
  return candidate;
}
