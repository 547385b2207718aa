import { join } from 'node:path';
import type { Problem } from '../../shared/problem.ts';
import type { EngineEvent, Resumed } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { readIfThere } from './appendedFile.ts';
import { openCsv } from './csvOutlet.ts';
import { readEventsSince } from './eventLog.ts';
import { csvKept } from './metricsCsv.ts';
import type { Outlet, Told } from './outlet.ts';
import { openTensorBoard } from './tensorBoardOutlet.ts';

/** Files for other programs, made from the events: `metrics.csv`, and TensorBoard's. Neither is needed to go on. */
export interface Outlets {
  take(event: EngineEvent): void;
  /** The first failure of a file, once; training goes on without it. */
  takeProblem(): Problem | undefined;
  /** Writes what is left. */
  close(): void;
}

const flushAfterMs = 2000;
/** So many events wait for a disk that refuses them; then the oldest go. */
const waitingLimit = 10_000;

export function openOutlets(runDirectory: string): Outlets {
  // TensorBoard's first: where the CSV ends, the others have at least as much.
  const outlets = [openTensorBoard(runDirectory), openCsv(runDirectory)].map(
    (outlet): Entry => ({ outlet, waiting: [] }),
  );
  let timer: NodeJS.Timeout | undefined;
  let problem: Problem | undefined;
  let failed = false;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!failed) problem = outletProblem(error);
      failed = true;
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const entry of outlets) {
      if (entry.waiting.length > 0)
        attempt(() => {
          entry.outlet.append(entry.waiting);
          entry.waiting = [];
        });
      if (entry.waiting.length > waitingLimit) entry.waiting.splice(0, entry.waiting.length - waitingLimit);
    }
  };
  const flushSoon = () => {
    timer ??= setTimeout(flush, flushAfterMs).unref();
  };
  return {
    take(event) {
      if (event.kind === 'resumed') {
        attempt(() => restart(runDirectory, outlets, event));
        flushSoon();
      } else if (event.kind === 'step' || event.kind === 'evaluated') {
        for (const { waiting } of outlets) waiting.push(event);
        flushSoon();
      } else if (event.kind === 'checkpoint' || event.kind === 'finished') flush();
    },
    takeProblem() {
      const found = problem;
      problem = undefined;
      return found;
    },
    close() {
      flush();
      for (const { outlet } of outlets) outlet.close();
    },
  };
}

interface Entry {
  outlet: Outlet;
  waiting: Told[];
}

/** A killed run may have told less than the checkpoint holds, and more: both are mended from the events. */
function restart(runDirectory: string, outlets: readonly Entry[], resumed: Resumed): void {
  const { fromStep } = csvKept(readIfThere(join(runDirectory, runFiles.metrics)), resumed.step);
  for (const { outlet } of outlets) outlet.dropFrom(fromStep);
  let kept: Told[] = [];
  // The last event read is the one given.
  for (const event of readEventsSince(join(runDirectory, runFiles.events), fromStep)) {
    if ((event.kind === 'step' || event.kind === 'evaluated') && event.step >= fromStep) kept.push(event);
    else if (event.kind === 'resumed') kept = kept.filter((told) => isKept(told, event));
  }
  for (const { waiting } of outlets) for (const told of kept) waiting.push(told);
}

/** A run that goes on inside an epoch scores it again. */
const isKept = (told: Told, resumed: Resumed): boolean =>
  told.step <= resumed.step && (told.kind === 'step' || told.epoch < resumed.epoch);

function outletProblem(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'outlet',
    severity: 'warning',
    message: `${runFiles.metrics} or the files for TensorBoard cannot be written: ${reason}; training goes on, and the events have all of it`,
  };
}
