import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlRequest, parseControl } from '../../shared/run/control.ts';
import { runFiles } from '../../shared/run/layout.ts';

/** What the user asked of the run, looked at between steps. */
export interface Control {
  readonly stopRequested: boolean;
  readonly paused: boolean;
  /** True once for each request. */
  takeCheckpointRequest(): boolean;
  takeProfileRequest(): boolean;
  /** For signals, which ask the same as the file. */
  request(request: ControlRequest): void;
  /** Resolves when the pause is over or the run shall stop. */
  whilePaused(): Promise<void>;
}

/** Of a process that follows another's decisions. */
export const neverAsked: Control = {
  stopRequested: false,
  paused: false,
  takeCheckpointRequest: () => false,
  takeProfileRequest: () => false,
  request: () => undefined,
  whilePaused: () => Promise.resolve(),
};

const pollMs = 200;

/** Follows `control.json`; requests left from before the start are dropped. */
export function watchControl(runDirectory: string): Control & { dispose(): void } {
  const file = join(runDirectory, runFiles.control);
  rmSync(file, { force: true });
  let stopRequested = false;
  let checkpointRequested = false;
  let profileRequested = false;
  let paused = false;
  let wake: (() => void)[] = [];
  const request = (kind: ControlRequest) => {
    if (kind === 'stop') stopRequested = true;
    else if (kind === 'checkpoint') checkpointRequested = true;
    else if (kind === 'profile') profileRequested = true;
    else paused = kind === 'pause';
    if (!paused || stopRequested) {
      for (const resolve of wake) resolve();
      wake = [];
    }
  };
  const timer = setInterval(() => {
    const kind = takeRequest(file);
    if (kind) request(kind);
  }, pollMs);
  return {
    get stopRequested() {
      return stopRequested;
    },
    get paused() {
      return paused;
    },
    takeCheckpointRequest() {
      const requested = checkpointRequested;
      checkpointRequested = false;
      return requested;
    },
    takeProfileRequest() {
      const requested = profileRequested;
      profileRequested = false;
      return requested;
    },
    request,
    whilePaused: () => (paused && !stopRequested ? new Promise((resolve) => wake.push(resolve)) : Promise.resolve()),
    dispose: () => clearInterval(timer),
  };
}

/** A file that cannot be read as a request may still be in the middle of being written, so it is left for the next look. */
function takeRequest(file: string): ControlRequest | undefined {
  try {
    const kind = parseControl(readFileSync(file, 'utf8'));
    if (kind) rmSync(file, { force: true });
    return kind;
  } catch {
    return undefined;
  }
}
