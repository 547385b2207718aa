import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ContextKey } from '../../shared/contributions.ts';
import { sweepFiles } from '../../shared/run/layout.ts';
import type { Scope } from '../../shared/scope.ts';
import { parseSweepRecord } from '../../shared/sweep/sweepRecord.ts';
import type { Edge } from './edge.ts';
import { requestOf } from './runControl.ts';
import { isHeld } from './runLock.ts';
import type { Run } from './runs.ts';
import { type BestValue, bestValueOf, canResumeSweep, type Sweep } from './sweepResults.ts';

export interface Sweeps {
  /** Newest first, as far as they have been looked at. */
  readonly list: readonly Sweep[];
  readonly onDidChange: vscode.Event<SweepChange>;
  /** Looks for sweeps again; `parent` is a `runs/` directory where one is about to appear. */
  refresh(parent?: string): Promise<void>;
  /** What the sweeps of an experiment file found for a key. */
  bestValueOf(configFile: string, key: string): BestValue | undefined;
  /** The sweep that a run is a trial of. */
  of(run: Run): Sweep | undefined;
  /** Ends the sweep after a checkpoint of its trial. */
  stop(sweep: Sweep): Promise<void>;
}

export interface SweepChange {
  sweep: Sweep;
  /** Its process ended while it was watched. */
  ended: boolean;
}

const activePollMs = 1000;
const idlePollMs = 5000;
/** A sweep that was just asked for appears within this time. */
const expectationMs = 30_000;
/** Those of a folder before the newest so many are left alone. */
const watchedSweeps = 30;

/** Follows the sweeps of the workspace. */
export function createSweeps(scope: Scope, edge: Edge): Sweeps {
  const changed = scope.add(new vscode.EventEmitter<SweepChange>());
  const known = new Map<string, Sweep>();
  const directories = new Set<string>();
  const parents = new Set<string>();
  const setContext = createSweepContext();
  let expectUntilMs = 0;
  const list = () => [...known.values()].sort((a, b) => b.record.createdMs - a.record.createdMs);
  const look = async () => {
    for (const parent of parents) for (const found of await listSweeps(parent)) directories.add(found);
    for (const directory of directories) {
      const before = known.get(directory);
      const sweep = await readSweep(directory);
      if (!sweep) {
        directories.delete(directory);
        known.delete(directory);
      } else if (JSON.stringify(before) !== JSON.stringify(sweep)) {
        known.set(directory, sweep);
        changed.fire({ sweep, ended: before?.active === true && !sweep.active });
      }
    }
    setContext(list());
  };
  let looking = Promise.resolve();
  /** One look after another: the later one sees what the earlier may have missed. */
  const lookAgain = (): Promise<void> => {
    looking = looking.then(look, look);
    return looking;
  };
  const pauseMs = () =>
    performance.now() < expectUntilMs || list().some(({ active }) => active) ? activePollMs : idlePollMs;
  poll(scope, () => edge.quiet('Looking at sweeps', lookAgain), pauseMs);
  const watcher = scope.add(vscode.workspace.createFileSystemWatcher(`**/runs/*/${sweepFiles.record}`, false, true));
  const appeared = ({ scheme, fsPath }: vscode.Uri) => {
    if (scheme !== 'file') return;
    directories.add(path.dirname(fsPath));
    void edge.quiet('Looking at sweeps', lookAgain);
  };
  scope.add(watcher.onDidCreate(appeared));
  scope.add(watcher.onDidDelete(appeared));
  return {
    get list() {
      return list();
    },
    onDidChange: changed.event,
    async refresh(parent) {
      if (parent) {
        parents.add(parent);
        expectUntilMs = performance.now() + expectationMs;
      } else for (const found of await findSweeps()) directories.add(found);
      await lookAgain();
    },
    bestValueOf: (configFile, key) => bestValueOf(list(), configFile, key),
    of: (run) => (run.sweep ? known.get(path.join(path.dirname(run.directory), run.sweep.name)) : undefined),
    stop: (sweep) => requestOf(sweep.directory, 'stop'),
  };
}

async function readSweep(directory: string): Promise<Sweep | undefined> {
  // The lock first: what ends in between is then still counted as active until the next look.
  const active = await isHeld(directory);
  const text = await readFile(path.join(directory, sweepFiles.record), 'utf8').catch(() => undefined);
  const record = text === undefined ? undefined : parseSweepRecord(text);
  // One that has just been made is held since before its record was there.
  const begun = !active && record?.end === undefined && (await isHeld(directory));
  return record && { directory, record, active: active || begun };
}

async function findSweeps(): Promise<string[]> {
  if (!vscode.workspace.workspaceFolders?.some((folder) => folder.uri.scheme === 'file')) return [];
  const records = await vscode.workspace.findFiles(`**/runs/*/${sweepFiles.record}`, '**/node_modules/**', 500);
  const found = records.filter((uri) => uri.scheme === 'file').map((uri) => path.dirname(uri.fsPath));
  return newest(found);
}

async function listSweeps(parent: string): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(parent)).then(
    (found) => found,
    () => [],
  );
  const names = entries.filter(([name, type]) => type === vscode.FileType.Directory && name.includes('-sweep-'));
  return newest(names.map(([name]) => path.join(parent, name)));
}

/** Names end with the time. */
function newest(directories: readonly string[]): string[] {
  const age = (directory: string) => /\d{8}T\d{6}Z/.exec(path.basename(directory))?.[0] ?? '';
  return [...directories].sort((a, b) => (age(a) < age(b) ? 1 : -1)).slice(0, watchedSweeps);
}

function createSweepContext(): (sweeps: readonly Sweep[]) => void {
  const known = new Map<ContextKey, boolean>();
  const set = (key: ContextKey, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return (sweeps) => {
    set('asr.hasSweep', sweeps.length > 0);
    set(
      'asr.sweepActive',
      sweeps.some(({ active }) => active),
    );
    set('asr.sweepResumable', sweeps.some(canResumeSweep));
  };
}

function poll(scope: Scope, look: () => Promise<unknown>, pauseMs: () => number): void {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (scope.disposed) return;
    timer = setTimeout(() => void look().then(next), pauseMs());
  };
  scope.add(() => clearTimeout(timer));
  next();
}
