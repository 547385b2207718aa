import { readFileSync } from 'node:fs';
import { type ParsedEvents, parseEventLines, renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { type Appender, openAppender } from './appender.ts';

/** Appends to `events.jsonl`; a line is with the kernel when `write` returns, so it outlives the process. */
export interface EventLog extends Pick<Appender, 'cutBytes' | 'flush' | 'close'> {
  /** Throws the system's refusal; the event is kept and goes before the next. */
  write(event: EngineEvent): void;
}

export function openEventLog(file: string): EventLog {
  const { append, ...rest } = openAppender(file);
  return { ...rest, write: (event) => append(renderEvent(event)) };
}

/** All readable events of a log; none when there is no file. */
export const readEvents = (file: string): EngineEvent[] => readEventLog(file).events;

/** The same, with the number of lines that are no events. */
export function readEventLog(file: string): Pick<ParsedEvents, 'events' | 'unreadable'> {
  try {
    return parseEventLines(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events: [], unreadable: 0 };
    throw error;
  }
}
