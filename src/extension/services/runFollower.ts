import { open, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { parseEventLines } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { parseRunRecord, type RunRecord, runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduceAll } from '../../shared/run/runModel.ts';

/** One run directory as it is read: what its events add up to, and whether a process still writes them. */
export interface RunFollower {
  readonly directory: string;
  readonly record: RunRecord;
  readonly model: RunModel;
  /** A process holds the run. */
  readonly alive: boolean;
  /** Reads what has been appended; the new events, oldest first. */
  poll(): Promise<EngineEvent[]>;
}

/** Undefined when the directory is not a run. Nothing has been read of its events yet. */
export async function followRun(directory: string): Promise<RunFollower | undefined> {
  const text = await readFile(path.join(directory, runFiles.record), 'utf8').catch(() => undefined);
  const record = text === undefined ? undefined : parseRunRecord(text);
  if (!record) return undefined;
  let model = createRunModel();
  let alive = false;
  // Always the start of a line, so that a torn line which a resumed run cuts off has never been taken.
  let offset = 0;
  let blockBytes = 1 << 20;

  const readEvents = async (): Promise<EngineEvent[]> => {
    const file = await open(path.join(directory, runFiles.events)).catch(() => undefined);
    if (!file) return [];
    try {
      const events: EngineEvent[] = [];
      const { size } = await file.stat();
      if (size < offset) {
        offset = 0;
        model = createRunModel();
      }
      while (offset < size) {
        const block = Buffer.alloc(Math.min(blockBytes, size - offset));
        const { bytesRead } = await file.read(block, 0, block.length, offset);
        const end = block.lastIndexOf(10, bytesRead - 1) + 1;
        if (end === 0 && bytesRead === blockBytes) {
          blockBytes *= 2;
          continue;
        }
        if (end === 0) break;
        const parsed = parseEventLines(block.toString('utf8', 0, end)).events;
        model = reduceAll(model, parsed);
        events.push(...parsed);
        offset += end;
      }
      return events;
    } finally {
      await file.close();
    }
  };
  return {
    directory,
    record,
    get model() {
      return model;
    },
    get alive() {
      return alive;
    },
    async poll() {
      // The lock first: a run that ends in between is then still counted as alive until the next look.
      alive = await isHeld(directory);
      return readEvents();
    },
  };
}

/** Whether the process that the lock names still runs. */
async function isHeld(directory: string): Promise<boolean> {
  const text = await readFile(path.join(directory, runFiles.lock), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  try {
    const { pid, startTime, host } = JSON.parse(text) as { pid: number; startTime: string | null; host: string };
    if (host !== hostname()) return true;
    if (startTime !== null && startTime !== undefined) return (await startTimeOf(pid)) === startTime;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are used again; a process is known by its id and when it started (/proc/pid/stat, field 22). Undefined for a dead one. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}
