import type { EngineEvent, EventKind } from './events.ts';

/** Events of a chunk of `events.jsonl`, and the unfinished last line to put before the next chunk. */
export interface ParsedEvents {
  events: EngineEvent[];
  rest: string;
  /** Complete lines that are not events: torn by a crash, or written by a newer engine. */
  unreadable: number;
}

const kinds: Record<EventKind, true> = {
  started: true,
  resumed: true,
  problem: true,
  step: true,
  batchSkipped: true,
  evaluated: true,
  averaged: true,
  gradientNorms: true,
  guard: true,
  checkpoint: true,
  paused: true,
  resources: true,
  profiled: true,
  finished: true,
};

export function parseEventLines(text: string): ParsedEvents {
  const lines = text.split('\n');
  const rest = lines.pop()!;
  const events: EngineEvent[] = [];
  let unreadable = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const event = parseEvent(line);
    if (event) events.push(event);
    else unreadable++;
  }
  return { events, rest, unreadable };
}

export function renderEvent(event: EngineEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function parseEvent(line: string): EngineEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { kind, step, timeMs } = value as { kind?: unknown; step?: unknown; timeMs?: unknown };
    const known = typeof kind === 'string' && Object.hasOwn(kinds, kind);
    return known && typeof step === 'number' && typeof timeMs === 'number' ? (value as EngineEvent) : undefined;
  } catch {
    return undefined;
  }
}
