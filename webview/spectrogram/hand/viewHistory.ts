import type { Bands } from './bands.ts';
import type { Viewport } from './viewport.ts';

/** What was seen: undefined shows everything along that axis. */
export interface Seen {
  viewport: Viewport | undefined;
  bands: Bands | undefined;
}

/** Views that were left, latest last, and those that were come back from, next one last. */
export interface ViewHistory {
  past: Seen[];
  future: Seen[];
  /** When the view last changed. */
  changedMs: number;
}

export const emptyHistory: ViewHistory = { past: [], future: [], changedMs: Number.NEGATIVE_INFINITY };

/** Changes that follow each other faster are one gesture. */
const gestureMs = 500;
const mostViews = 100;

/** The view has changed, from `before`; whether a gesture began with that is judged by the time where nobody knows. */
export function recordView(
  history: ViewHistory,
  before: Seen,
  nowMs: number,
  begins = nowMs - history.changedMs >= gestureMs,
): ViewHistory {
  if (!begins) return { ...history, future: [], changedMs: nowMs };
  return { past: [...history.past, before].slice(-mostViews), future: [], changedMs: nowMs };
}

/** The view to go to, and what is left of the history then; undefined at its end. */
export function stepView(
  history: ViewHistory,
  direction: 'back' | 'forward',
  now: Seen,
): { seen: Seen; history: ViewHistory } | undefined {
  const { past, future } = history;
  const seen = (direction === 'back' ? past : future).at(-1);
  if (!seen) return undefined;
  const changedMs = Number.NEGATIVE_INFINITY;
  return direction === 'back'
    ? { seen, history: { past: past.slice(0, -1), future: [...future, now], changedMs } }
    : { seen, history: { past: [...past, now], future: future.slice(0, -1), changedMs } };
}
