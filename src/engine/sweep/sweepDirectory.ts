import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { runFiles, sweepDirectoryName, sweepFiles } from '../../shared/run/layout.ts';
import { parseSweepRecord, renderSweepRecord, type SweepRecord } from '../../shared/sweep/sweepRecord.ts';
import { fileError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { freeName } from '../../training/run/runDirectory.ts';
import { trialDirectory } from './planSweep.ts';

export interface SweepPlace {
  directory: string;
  /** The sweep was begun before. */
  exists: boolean;
}

/** Where a sweep of this experiment is kept: the given directory, the latest to go on with, or a new one in `runs/`. */
export function chooseSweepDirectory(
  configFile: string,
  name: string,
  given: string | undefined,
  resume: boolean,
  nowMs: number,
): SweepPlace {
  const runs = join(dirname(resolve(configFile)), 'runs');
  if (given === undefined) {
    const latest = resume ? latestSweep(runs, resolve(configFile)) : undefined;
    if (latest !== undefined) return { directory: latest, exists: true };
    if (resume) throw new UserError(`${runs}: there is no sweep of ${configFile} to go on with`);
    return { directory: freeName(join(runs, sweepDirectoryName(name, nowMs))), exists: false };
  }
  const directory = resolve(given);
  const exists = readSweep(directory) !== undefined;
  if (exists && !resume)
    throw new UserError(`${directory}: this sweep exists; give --resume to go on with it, or another --sweep-dir`);
  if (!exists && resume) throw new UserError(`${directory}: there is no sweep to go on with`);
  if (!exists && existsSync(directory) && !readdirSync(directory).every(isOwnFile))
    throw new UserError(`${directory}: not a sweep and not empty; give another --sweep-dir`);
  return { directory, exists };
}

export function readSweep(directory: string): SweepRecord | undefined {
  try {
    return parseSweepRecord(readFileSync(join(directory, sweepFiles.record), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Throws a UserError where a trial's run would lie in something else. */
export function checkNotTaken(directory: string, { trials }: SweepRecord): void {
  const taken = trials.map((trial) => trialDirectory(directory, trial)).find((run) => existsSync(run));
  if (taken !== undefined) throw new UserError(`${taken}: it is there already; give another --sweep-dir`);
}

/** The record comes last, so a marked sweep is whole. */
export async function createSweep(directory: string, record: SweepRecord, text: string): Promise<void> {
  await replaceFile(join(directory, sweepFiles.config), text);
  await writeSweep(directory, record);
}

export async function writeSweep(directory: string, record: SweepRecord): Promise<void> {
  await replaceFile(join(directory, sweepFiles.record), renderSweepRecord(record));
}

/** The experiment as it was when the sweep began. */
export function readSweepConfig(directory: string): string {
  const file = join(directory, sweepFiles.config);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(error, file, 'experiment of the sweep');
  }
}

/** A sweep that died before it was marked holds only files of ours. */
function isOwnFile(name: string): boolean {
  const own: readonly string[] = [...Object.values(sweepFiles), runFiles.lock, runFiles.control];
  return own.some((file) => name === file || name.startsWith(`${file}.`));
}

function latestSweep(runs: string, configFile: string): string | undefined {
  const names = existsSync(runs) ? readdirSync(runs) : [];
  return names
    .map((name) => ({ directory: join(runs, name), record: readSweep(join(runs, name)) }))
    .filter(({ record }) => record?.configFile === configFile)
    .sort((a, b) => a.record!.createdMs - b.record!.createdMs)
    .at(-1)?.directory;
}
