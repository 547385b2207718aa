import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderControl } from '../../shared/run/control.ts';
import { parseEventLines } from '../../shared/run/eventLines.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduceAll } from '../../shared/run/runModel.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { findLockOwner } from '../../training/run/lock.ts';
import { tailFile } from './outputFile.ts';

/** A run as its launcher sees it: by its files only. */
export interface RunTail {
  readonly directory: string;
  readonly model: RunModel;
  /** Reads what the engine has appended. */
  update(): void;
  /** Process that writes the run, if any. */
  ownerPid(): number | undefined;
  requestStop(): Promise<void>;
  close(): void;
}

export function tailRun(directory: string): RunTail {
  const events = join(directory, runFiles.events);
  let tail: ReturnType<typeof tailFile> | undefined;
  let rest = '';
  let model = createRunModel();
  return {
    directory,
    get model() {
      return model;
    },
    update() {
      if (!tail && existsSync(events)) tail = tailFile(events);
      if (!tail) return;
      const parsed = parseEventLines(rest + tail.read());
      rest = parsed.rest;
      model = reduceAll(model, parsed.events);
    },
    ownerPid: () => findLockOwner(directory)?.pid,
    requestStop: () => replaceFile(join(directory, runFiles.control), renderControl('stop')),
    close: () => tail?.close(),
  };
}

/** Last lines of the run's own log, for one who comes later. */
export function readLastLines(directory: string, count: number): string[] {
  try {
    const lines = readFileSync(join(directory, runFiles.log), 'utf8').trimEnd().split('\n');
    return lines.slice(-count);
  } catch {
    return [];
  }
}
