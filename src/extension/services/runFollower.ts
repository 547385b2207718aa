import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { parseAlert, type RunAlert } from '../../shared/run/alert.ts';
import { parseRunName, parseRunRecord, type RunRecord, runFiles } from '../../shared/run/layout.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import { type Tailed, tailEvents } from './eventTail.ts';
import { isHeld } from './runLock.ts';

/** One run directory as it is read: what its events add up to, and whether a process still writes them. */
export interface RunFollower {
  readonly directory: string;
  readonly record: RunRecord;
  /** The user's name for the run, else the experiment's. */
  readonly name: string;
  readonly model: RunModel;
  /** False while the run's history is still to be read. */
  readonly caughtUp: boolean;
  /** A process holds the run. */
  readonly alive: boolean;
  /** What keeps a live run from going on. */
  readonly alert: RunAlert | undefined;
  /** Looks at all of it once; a long history takes several looks. */
  poll(): Promise<Tailed>;
}

/** Undefined when the directory is not a run. Nothing has been read of its events yet. */
export async function followRun(directory: string): Promise<RunFollower | undefined> {
  const read = (name: string) => readFile(path.join(directory, name), 'utf8').catch(() => undefined);
  const text = await read(runFiles.record);
  const record = text === undefined ? undefined : parseRunRecord(text);
  if (!record) return undefined;
  const tail = tailEvents(directory);
  let name = record.name;
  let alive = false;
  let alert: RunAlert | undefined;
  return {
    directory,
    record,
    get name() {
      return name;
    },
    get model() {
      return tail.model;
    },
    get caughtUp() {
      return tail.caughtUp;
    },
    get alive() {
      return alive;
    },
    get alert() {
      return alert;
    },
    async poll() {
      // The lock first: a run that ends in between is then still counted as alive until the next look.
      alive = await isHeld(directory);
      const alertText = alive ? await read(runFiles.alert) : undefined;
      alert = alertText === undefined ? undefined : parseAlert(alertText);
      name = parseRunName((await read(runFiles.name)) ?? '') ?? record.name;
      return tail.read();
    },
  };
}
