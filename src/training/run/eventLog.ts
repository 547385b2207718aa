import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { parseEventLines, renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { type Appender, openAppender } from './appender.ts';

/** Appends to `events.jsonl`; a line is with the kernel when `write` returns, so it outlives the process. */
export interface EventLog extends Omit<Appender, 'append'> {
  /** Throws the system's refusal; the event is kept and goes before the next. */
  write(event: EngineEvent): void;
}

export function openEventLog(file: string): EventLog {
  const appender = openAppender(file);
  return Object.assign(appender, { write: (event: EngineEvent) => appender.append(renderEvent(event)) });
}

/** All readable events of a log; none when there is no file. */
export function readEvents(file: string): EngineEvent[] {
  const events: EngineEvent[] = [];
  readBlocks(file, 0, (block) => {
    for (const event of block) events.push(event);
  });
  return events;
}

/** The last part of a log that has every event from its latest passage through a step on, and perhaps some before. */
export function readEventsSince(file: string, step: number): EngineEvent[] {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  for (let length = 2 ** 22; ; length *= 4) {
    const start = Math.max(0, size - length);
    const events: EngineEvent[] = [];
    let reached = start === 0;
    readBlocks(file, start, (block) => {
      for (const event of block) {
        events.push(event);
        reached ||= event.kind === 'step' && event.step <= step;
      }
    });
    if (reached) return events;
  }
}

const blockBytes = 2 ** 20;

/**
 * The complete lines from an offset on, a megabyte at a time, with the number of those that are no events; where the
 * offset is inside a line, that line is left out.
 */
export function readBlocks(
  file: string,
  offset: number,
  take: (events: EngineEvent[], unreadable: number) => void,
): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const block = Buffer.alloc(blockBytes);
    const decoder = new StringDecoder();
    let position = Math.max(0, offset - 1);
    let rest = '';
    // What stands before the offset ends with the first newline found, be it the one just before it.
    let inside = offset > 0;
    for (;;) {
      const length = readSync(descriptor, block, 0, block.length, position);
      if (length === 0) return;
      position += length;
      rest += decoder.write(block.subarray(0, length));
      if (inside) {
        const newline = rest.indexOf('\n');
        if (newline < 0) continue;
        rest = rest.slice(newline + 1);
        inside = false;
      }
      const parsed = parseEventLines(rest);
      rest = parsed.rest;
      take(parsed.events, parsed.unreadable);
    }
  } finally {
    closeSync(descriptor);
  }
}
