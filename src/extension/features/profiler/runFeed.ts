import type { PanelRun, RunUpdate } from '../../../shared/protocol/profiler.ts';
import type { EngineEvent } from '../../../shared/run/events.ts';
import type { RunModel } from '../../../shared/run/runModel.ts';

/** A run as the service tells of it. */
export interface FedRun {
  directory: string;
  name: string;
  state: string;
  active: boolean;
  model: RunModel;
}

export interface FeedTarget {
  /** A hidden page is told nothing: it opens again when it is shown. */
  visible(): boolean;
  append(updates: RunUpdate[]): void;
  reopen(): void;
}

/** Carries what happens to runs to one page: first whole models, then events, gathered so that the page is not flooded. */
export interface RunFeed {
  /** The runs as they go to the page now; from here on it gets what follows. */
  open(runs: readonly FedRun[]): PanelRun[];
  /** Something has happened to a run; `reloaded` when its model changed by more than the events. */
  take(run: FedRun, events: readonly EngineEvent[], reloaded: boolean): void;
  dispose(): void;
}

const intervalMs = 100;
/** Beyond so many events the model itself is the smaller message. */
const maxEvents = 1000;

export function createRunFeed(target: FeedTarget): RunFeed {
  /** The model that the page has, or will have when it has got what is pending. */
  const known = new Map<string, RunModel>();
  let pending = new Map<string, RunUpdate>();
  let timer: NodeJS.Timeout | undefined;
  let sentMs = Number.NEGATIVE_INFINITY;

  const flush = () => {
    timer = undefined;
    const updates = [...pending.values()];
    pending = new Map();
    if (!target.visible()) return known.clear();
    if (updates.length === 0) return;
    sentMs = performance.now();
    const count = updates.reduce((sum, { events }) => sum + events.length, 0);
    if (count <= maxEvents) return target.append(updates);
    known.clear();
    target.reopen();
  };
  return {
    open(runs) {
      known.clear();
      pending.clear();
      return runs.map(({ directory, name, state, active, model }) => {
        known.set(directory, model);
        return { directory, name, state, active, model };
      });
    },
    take({ directory, state, active, model }, events, reloaded) {
      if (!target.visible()) return known.clear();
      const before = known.get(directory);
      if (!before) return;
      // What `open` has sent already comes again with the next change.
      const fresh = model === before ? [] : events;
      const update = pending.get(directory) ?? { directory, state, active, events: [] };
      pending.set(directory, { ...update, state, active, events: [...update.events, ...fresh] });
      known.set(directory, model);
      if (reloaded) {
        known.clear();
        pending.clear();
        return target.reopen();
      }
      timer ??= setTimeout(flush, Math.max(0, sentMs + intervalMs - performance.now()));
    },
    dispose: () => clearTimeout(timer),
  };
}
