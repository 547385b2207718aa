import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineEvent } from '../../../src/shared/run/events.ts';
import { createRunModel, type RunModel, reduceAll } from '../../../src/shared/run/runModel.ts';
import { eventually } from '../../eventually.ts';
import { isAlive, newestRun, type Workspace } from './digits.ts';

/** What a window knows of a run. */
export interface KnownRun {
  directory: string;
  name: string;
  state: string;
  active: boolean;
  caughtUp: boolean;
  model: RunModel;
}
export interface KnownWindow {
  /** Of its extension host. */
  pid: number;
  runs: KnownRun[];
}

/** Where the windows on a workspace write down what they know. */
const placeOf = ({ folder }: Workspace): string => `${folder}-windows`;

export function watchWindows(workspace: Workspace): { remove(): void } {
  fs.mkdirSync(placeOf(workspace));
  return { remove: () => fs.rmSync(placeOf(workspace), { recursive: true, force: true, maxRetries: 5 }) };
}

/** The windows whose extension hosts run. */
export function windowsOn(workspace: Workspace): KnownWindow[] {
  const place = placeOf(workspace);
  return fs
    .readdirSync(place)
    .filter((name) => /^\d+\.json$/.test(name) && isAlive(Number.parseInt(name, 10)))
    .map((name) => JSON.parse(fs.readFileSync(path.join(place, name), 'utf8')) as KnownWindow);
}

/** The window that none of the given extension hosts belongs to. */
export const newWindow = (workspace: Workspace, known: readonly number[]): Promise<KnownWindow> =>
  eventually('a window of its own', () => windowsOn(workspace).find(({ pid }) => !known.includes(pid)), 120_000);

export const runIn = (workspace: Workspace, pid: number, name: string): KnownRun | undefined =>
  windowsOn(workspace)
    .find((window) => window.pid === pid)
    ?.runs.find((run) => path.basename(run.directory).startsWith(`${name}-`));

/** Waits until a window knows exactly what the events of the run add up to, each step once. */
export async function expectComplete(workspace: Workspace, pid: number, name: string): Promise<RunModel> {
  const model = await eventually(
    `all of ${name} in window ${pid}`,
    () => {
      const known = runIn(workspace, pid, name);
      if (!known?.caughtUp) return undefined;
      // The window wrote down what it knew a moment ago.
      const { events } = newestRun(workspace, name)!;
      const end = events.findLastIndex((event) => event.timeMs === known.model.updatedMs);
      const expected = reduceAll(createRunModel(), events.slice(0, end + 1));
      return asJson(known.model) === asJson(expected) ? known.model : undefined;
    },
    120_000,
  );
  const points = [...model.history, ...model.recent];
  const steps = points.flatMap(({ firstStep, lastStep, steps }) => (lastStep - firstStep + 1 === steps ? steps : []));
  if (steps.reduce((sum, count) => sum + count, 0) !== model.step)
    throw new Error(
      `${model.step} steps, but the curve has ${JSON.stringify(points.map(({ firstStep }) => firstStep))}`,
    );
  return model;
}

/** With its keys in one order. */
function asJson(model: RunModel): string {
  const sorted = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(model, sorted);
}

export const stepsOf = (events: readonly EngineEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'step' ? [event.step] : []));
