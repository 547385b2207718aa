import { existsSync } from 'node:fs';
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

/** Lines of the run's own log: at first its last ones, for one who comes later, then what is added. */
export function tailRunLog(directory: string, firstLines: number): { read(): string[]; close(): void } {
  const file = join(directory, runFiles.log);
  let tail: ReturnType<typeof tailFile> | undefined;
  let rest = '';
  let limit = firstLines;
  return {
    read() {
      if (!tail && !existsSync(file)) return [];
      tail ??= tailFile(file);
      const lines = (rest + tail.read()).split('\n');
      rest = lines.pop()!;
      const shown = lines.slice(-limit);
      limit = Number.POSITIVE_INFINITY;
      return shown;
    },
    close: () => tail?.close(),
  };
}
