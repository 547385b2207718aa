import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { parseEventLines, renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';

/** Appends to `events.jsonl`; a line is with the kernel when `write` returns, so it outlives the process. */
export interface EventLog {
  write(event: EngineEvent): void;
  close(): void;
}

export function openEventLog(file: string): EventLog {
  const descriptor = openSync(file, 'a+');
  cutTornLine(descriptor);
  return {
    write(event) {
      const bytes = Buffer.from(renderEvent(event));
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    },
    close: () => closeSync(descriptor),
  };
}

/** All readable events of a log; none when there is no file. */
export function readEvents(file: string): EngineEvent[] {
  try {
    return parseEventLines(readFileSync(file, 'utf8')).events;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A machine that lost power may leave half a line; the next event must not be glued to it. */
export function cutTornLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  const block = Buffer.alloc(65536);
  let end = size;
  while (end > 0) {
    const length = Math.min(block.length, end);
    readSync(descriptor, block, 0, length, end - length);
    const newline = block.lastIndexOf(10, length - 1);
    if (newline >= 0) {
      end = end - length + newline + 1;
      break;
    }
    end -= length;
  }
  if (end < size) ftruncateSync(descriptor, end);
}
