import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunAlert } from '../../shared/run/alert.ts';
import type { ControlRequest } from '../../shared/run/control.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Edge } from './edge.ts';
import { createRunContext } from './runContext.ts';
import { requestOf } from './runControl.ts';
import { discoverRuns, findRunParents, watchForRuns } from './runDiscovery.ts';
import type { RunFollower } from './runFollower.ts';

export type RunState = RunModel['state'] | 'interrupted';

export interface Run {
  readonly directory: string;
  /** The user's name for it, else the experiment's. */
  readonly name: string;
  /** Name of the experiment it is a run of. */
  readonly experiment: string;
  readonly configFile: string;
  readonly createdMs: number;
  /** The sweep that it is a trial of: a directory beside its own. */
  readonly sweep?: { name: string; trial: number };
  readonly model: RunModel;
  readonly state: RunState;
  /** A process works on it. */
  readonly active: boolean;
  /** What keeps it from going on, such as a full disk. */
  readonly alert?: RunAlert;
  /** False while the history of a long run is still to be read. */
  readonly caughtUp: boolean;
}

export interface RunChange {
  run: Run;
  /** What has been appended since the last change; never the history, which is in the model. */
  events: readonly EngineEvent[];
  /** The model changed by more than these events: whoever appends takes the whole of it. */
  reloaded: boolean;
  /** The run came to an end while it was watched. */
  ended: boolean;
}

export interface Runs {
  /** Newest first, as far as they have been looked at. */
  readonly list: readonly Run[];
  /** The newest run that is active, else the newest of all. */
  readonly current: Run | undefined;
  readonly onDidChange: vscode.Event<RunChange>;
  /** Runs have appeared or gone. */
  readonly onDidChangeList: vscode.Event<void>;
  /** Looks for runs again; `parent` is a `runs/` directory where one is about to appear. */
  refresh(parent?: string): Promise<void>;
  /** Newest run that has a checkpoint, to transcribe with. */
  findModel(): Promise<Run | undefined>;
  /** Puts a request to the engine that works on the run; throws a UserError when none does or it takes no request. */
  request(run: Run, kind: ControlRequest): Promise<void>;
}

const activePollMs = 500;
const idlePollMs = 4000;
/** A run that was just asked for appears within this time. */
const expectationMs = 30_000;

/** Follows the run directories of the workspace. Nothing is read before the first use or `refresh`. */
export function createRuns(scope: Scope, edge: Edge): Runs {
  const changed = scope.add(new vscode.EventEmitter<RunChange>());
  const listChanged = scope.add(new vscode.EventEmitter<void>());
  const followers = new Map<string, RunFollower>();
  const parents = new Set<string>();
  const setContext = createRunContext();
  const look = createLook(changed);
  let expectUntilMs = 0;
  let idleLookMs = 0;
  let failed = false;

  const list = () => [...followers.values()].map(runOf).sort((a, b) => b.createdMs - a.createdMs);
  let looking: Promise<void> | undefined;
  const lookAtAll = (everything = true): Promise<void> => {
    looking ??= (async () => {
      if (await discoverRuns(parents, followers)) listChanged.fire();
      const now = performance.now();
      const all = everything || now < expectUntilMs || now - idleLookMs > idlePollMs;
      if (all) idleLookMs = now;
      failed = false;
      for (const follower of followers.values()) {
        if (!all && !follower.alive && follower.caughtUp) continue;
        // One that cannot be read must not hide the others.
        failed = (await edge.quiet('Looking at a run', () => look(follower))) !== true || failed;
      }
      setContext(list());
    })().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const pause = (): number => {
    const all = [...followers.values()];
    if (failed) return idlePollMs;
    if (all.some(({ caughtUp }) => !caughtUp)) return 0;
    return all.some(({ alive }) => alive) || performance.now() < expectUntilMs ? activePollMs : idlePollMs;
  };
  const lookAgain = async (): Promise<void> => {
    // A look that began before may have missed what is asked for.
    await looking;
    await lookAtAll();
  };
  startPolling(scope, edge, () => lookAtAll(false), pause);
  watchForRuns(scope, (parent) => {
    parents.add(parent);
    void edge.quiet('Looking at runs', lookAgain);
  });

  return {
    get list() {
      return list();
    },
    get current() {
      return list().find((run) => run.active) ?? list()[0];
    },
    onDidChange: changed.event,
    onDidChangeList: listChanged.event,
    async refresh(parent) {
      if (parent) {
        parents.add(parent);
        expectUntilMs = performance.now() + expectationMs;
      } else for (const found of await findRunParents()) parents.add(found);
      await lookAgain();
    },
    async findModel() {
      if (followers.size === 0) await this.refresh();
      return list().find((run) => hasCheckpoint(run.directory));
    },
    request: (run, kind) => requestOf(run.directory, kind),
  };
}

/** One look at a run, and what it tells of it. */
function createLook(changed: vscode.EventEmitter<RunChange>): (follower: RunFollower) => Promise<true> {
  const shown = new WeakMap<RunFollower, Run>();
  const openedMs = Date.now();
  return async (follower) => {
    const before = shown.get(follower);
    const { events, reloaded } = await follower.poll();
    const run = runOf(follower);
    shown.set(follower, run);
    const same =
      before?.state === run.state &&
      before.active === run.active &&
      before.name === run.name &&
      before.alert?.message === run.alert?.message;
    if (same && events.length === 0 && !reloaded) return true;
    // A run that fails at once may be met for the first time when it is over already.
    const wasGoing = before?.caughtUp ? isGoing(before.state) : run.createdMs > openedMs;
    const ended = run.caughtUp && wasGoing && !isGoing(run.state);
    changed.fire({ run, events, reloaded, ended });
    return true;
  };
}

function runOf(follower: RunFollower): Run {
  const { directory, record, name, model, alive, alert, caughtUp } = follower;
  return {
    directory,
    name,
    experiment: record.name,
    configFile: record.configFile,
    createdMs: record.createdMs,
    model,
    state: stateOf(follower),
    active: alive,
    ...(record.sweep ? { sweep: record.sweep } : {}),
    ...(alert ? { alert } : {}),
    caughtUp,
  };
}

const isGoing = (state: RunState): boolean => state === 'starting' || state === 'running' || state === 'paused';

function stateOf({ model, alive, caughtUp, record }: RunFollower): RunState {
  const { state, updatedMs } = model;
  // How a history ends is not known before it is read.
  if (!isGoing(state) || alive || !caughtUp) return state;
  // Between its creation and its lock, a run has no owner for a moment.
  const fresh = state === 'starting' && Date.now() - (updatedMs ?? record.createdMs) < 5000;
  return fresh ? state : 'interrupted';
}

export const hasCheckpoint = (directory: string): boolean =>
  ['best', 'last'].some((name) => fs.existsSync(path.join(directory, runFiles.checkpoints, name)));

/** Watchers miss events on network disks, so there is a slow poll as well; fast while something runs. */
function startPolling(scope: Scope, edge: Edge, look: () => Promise<void>, pauseMs: () => number): void {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (scope.disposed) return;
    timer = setTimeout(() => void edge.quiet('Looking at runs', look).then(next), pauseMs());
  };
  scope.add(() => clearTimeout(timer));
  next();
}
