import { HttpError } from './httpError.ts';

/** A request's place; `release` always, as soon as it is over. */
export interface Place {
  /** Waits for its turn; rejects with the signal's reason when that comes first. */
  turn(signal: AbortSignal): Promise<void>;
  release(): void;
}

export interface Queue {
  /** Throws 503 with Retry-After when all places are taken. */
  enter(): Place;
  readonly running: number;
  /** Also those whose body is still coming. */
  readonly waiting: number;
}

/** First come, first served: `parallel` at a time, `waiting` behind them, nobody else. */
export function createQueue({ parallel, waiting }: { parallel: number; waiting: number }): Queue {
  let taken = 0;
  let running = 0;
  const line: (() => void)[] = [];
  const next = () => {
    while (running < parallel && line.length > 0) line.shift()!();
  };
  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        running++;
        resolve();
      };
      const leave = () => {
        line.splice(line.indexOf(begin), 1);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      line.push(begin);
      next();
    });
  return {
    get running() {
      return running;
    },
    get waiting() {
      return taken - running;
    },
    enter() {
      if (taken >= parallel + waiting)
        throw new HttpError(503, 'the server is busy; try again', {
          ...{ code: 'server_busy', headers: { 'retry-after': '2' } },
        });
      taken++;
      let began = false;
      let released = false;
      return {
        async turn(signal) {
          await turn(signal);
          began = true;
        },
        release() {
          if (released) return;
          released = true;
          taken--;
          if (began) running--;
          next();
        },
      };
    },
  };
}
