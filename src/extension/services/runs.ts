import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ContextKey } from '../../shared/contributions.ts';
import { renderControl } from '../../shared/run/control.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Edge } from './edge.ts';
import { followRun, type RunFollower } from './runFollower.ts';

export type RunState = RunModel['state'] | 'interrupted';

export interface Run {
  readonly directory: string;
  readonly name: string;
  readonly configFile: string;
  readonly createdMs: number;
  readonly model: RunModel;
  readonly state: RunState;
  /** A process works on it. */
  readonly active: boolean;
}

export interface RunChange {
  run: Run;
  events: readonly EngineEvent[];
  /** The run came to an end while it was watched. */
  ended: boolean;
}

export interface Runs {
  /** Newest first, as far as they have been looked at. */
  readonly list: readonly Run[];
  /** The newest run that is active, else the newest of all. */
  readonly current: Run | undefined;
  readonly onDidChange: vscode.Event<RunChange>;
  /** Looks for runs again; `parent` is a `runs/` directory where one is about to appear. */
  refresh(parent?: string): Promise<void>;
  /** Newest run that has a checkpoint, to transcribe with. */
  findModel(): Promise<Run | undefined>;
  /** Asks the engine to end after the step it is at; the checkpoint is saved. */
  stop(run: Run): Promise<void>;
}

/** Runs before the newest so many are left alone: nothing may scale with how long a folder has been used. */
const watchedRuns = 20;
const activePollMs = 500;
const idlePollMs = 4000;
/** A run that was just asked for appears within this time. */
const expectationMs = 30_000;

/** Follows the run directories of the workspace. Nothing is read before the first use or `refresh`. */
export function createRuns(scope: Scope, edge: Edge): Runs {
  const changed = scope.add(new vscode.EventEmitter<RunChange>());
  const followers = new Map<string, RunFollower>();
  const lastState = new Map<string, RunState>();
  const parents = new Set<string>();
  const setContext = createContextSetter();
  const openedMs = Date.now();
  let expectUntilMs = 0;

  const list = () => [...followers.values()].map(runOf).sort((a, b) => b.createdMs - a.createdMs);
  const current = () => list().find((run) => run.active) ?? list()[0];

  const look = async (follower: RunFollower): Promise<void> => {
    const before = lastState.get(follower.directory);
    const events = await follower.poll();
    const run = runOf(follower);
    lastState.set(follower.directory, run.state);
    if (events.length === 0 && before === run.state) return;
    // A run that fails at once may be met for the first time when it is over already.
    const wasGoing = before === undefined ? run.createdMs > openedMs : isGoing(before);
    changed.fire({ run, events, ended: wasGoing && !isGoing(run.state) });
  };

  let looking: Promise<void> | undefined;
  const lookAtAll = (): Promise<void> => {
    looking ??= (async () => {
      await discover(parents, followers, lastState);
      for (const follower of followers.values()) await look(follower);
      setContext('asr.runActive', busy());
      setContext('asr.hasRun', followers.size > 0);
    })().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const busy = () => list().some((run) => run.active);
  startPolling(scope, edge, lookAtAll, () => busy() || performance.now() < expectUntilMs);
  watchForRuns(scope, parents, () => void edge.quiet('Looking at runs', lookAtAll));

  return {
    get list() {
      return list();
    },
    get current() {
      return current();
    },
    onDidChange: changed.event,
    async refresh(parent) {
      if (parent) {
        parents.add(parent);
        expectUntilMs = performance.now() + expectationMs;
      } else await findParents(parents);
      // A look that began before may have missed the new parent.
      await looking;
      await lookAtAll();
    },
    async findModel() {
      if (followers.size === 0) await this.refresh();
      return list().find((run) => hasCheckpoint(run.directory));
    },
    async stop(run) {
      const file = path.join(run.directory, runFiles.control);
      // Renamed into place, so that the engine never reads half a request.
      await fs.promises.writeFile(`${file}.${process.pid}`, renderControl('stop'));
      await fs.promises.rename(`${file}.${process.pid}`, file);
    },
  };
}

function runOf(follower: RunFollower): Run {
  return {
    directory: follower.directory,
    name: follower.record.name,
    configFile: follower.record.configFile,
    createdMs: follower.record.createdMs,
    model: follower.model,
    state: stateOf(follower),
    active: follower.alive,
  };
}

/** Takes up new runs and forgets deleted ones. */
async function discover(
  parents: Set<string>,
  followers: Map<string, RunFollower>,
  lastState: Map<string, RunState>,
): Promise<void> {
  const found = (await Promise.all([...parents].map(listNewest))).flat();
  for (const directory of found) {
    if (followers.has(directory)) continue;
    const follower = await followRun(directory);
    if (follower) followers.set(directory, follower);
  }
  for (const directory of followers.keys()) {
    if (found.includes(directory)) continue;
    followers.delete(directory);
    lastState.delete(directory);
  }
}

async function findParents(parents: Set<string>): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.some((folder) => folder.uri.scheme === 'file')) return;
  const records = await vscode.workspace.findFiles(`**/runs/*/${runFiles.record}`, '**/node_modules/**', 2000);
  for (const uri of records) if (uri.scheme === 'file') parents.add(path.dirname(path.dirname(uri.fsPath)));
}

const isGoing = (state: RunState): boolean => state === 'starting' || state === 'running' || state === 'paused';

function stateOf(follower: RunFollower): RunState {
  const { state, updatedMs } = follower.model;
  if (!isGoing(state) || follower.alive) return state;
  // Between its creation and its lock, a run has no owner for a moment.
  const fresh = state === 'starting' && Date.now() - (updatedMs ?? follower.record.createdMs) < 5000;
  return fresh ? state : 'interrupted';
}

async function listNewest(parent: string): Promise<string[]> {
  const entries = await fs.promises.readdir(parent, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  // Names end with the time, so those of one experiment sort by age; across experiments the ending decides.
  const age = (name: string) => /\d{8}T\d{6}Z(-\d+)?$/.exec(name)?.[0] ?? '';
  names.sort((a, b) => (age(a) < age(b) ? 1 : age(a) > age(b) ? -1 : 0));
  return names.slice(0, watchedRuns).map((name) => path.join(parent, name));
}

const hasCheckpoint = (directory: string): boolean =>
  ['best', 'last'].some((name) => fs.existsSync(path.join(directory, runFiles.checkpoints, name)));

/** Sets context keys, only when they change. */
function createContextSetter(): (key: ContextKey, value: boolean) => void {
  const known = new Map<ContextKey, boolean>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}

/** Watchers miss events on network disks, so there is a slow poll as well; fast while something runs. */
function startPolling(scope: Scope, edge: Edge, look: () => Promise<void>, busy: () => boolean): void {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (scope.disposed) return;
    timer = setTimeout(() => void edge.quiet('Looking at runs', look).then(next), busy() ? activePollMs : idlePollMs);
  };
  scope.add(() => clearTimeout(timer));
  next();
}

function watchForRuns(scope: Scope, parents: Set<string>, look: () => void): void {
  const watcher = scope.add(vscode.workspace.createFileSystemWatcher(`**/runs/*/${runFiles.record}`));
  const found = (uri: vscode.Uri) => {
    if (uri.scheme !== 'file') return;
    parents.add(path.dirname(path.dirname(uri.fsPath)));
    look();
  };
  scope.add(watcher.onDidCreate(found));
  scope.add(watcher.onDidDelete(look));
}
