import { UserError } from '../../shared/problem.ts';
import {
  type FailureKind,
  type HeardStretch,
  type InspectCall,
  isListenCall,
  type ListenAnswer,
  type TranscribeCall,
} from '../../shared/protocol/listen.ts';
import { findLines } from './findLines.ts';
import { Cancelled, hearStretch } from './hearStretch.ts';
import { inspectStretch } from './inspectStretch.ts';
import type { ModelPool } from './modelPool.ts';

/** Answers calls: what a model hears one after another, everything else at once. */
export interface Listener {
  /** One line of input. */
  take(line: string): void;
  /** What waits is dropped; resolves when nothing runs. */
  close(): Promise<void>;
}

/** One after another. */
type HearingCall = TranscribeCall | InspectCall;

export function createListener(pool: ModelPool, send: (answer: ListenAnswer) => void): Listener {
  const waiting: HearingCall[] = [];
  let running: { call: HearingCall; cancelled: boolean } | undefined;
  let working: Promise<void> = Promise.resolve();

  const answer = async (id: number, work: () => Promise<unknown>, wanted = () => true): Promise<void> => {
    try {
      const result = await work();
      if (wanted()) send({ id, result });
    } catch (error) {
      if (wanted()) send({ id, error: { message: messageOf(error), kind: kindOf(error) } });
    }
  };
  const work = async (): Promise<void> => {
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      const current = { call, cancelled: false };
      running = current;
      const { id } = call;
      const report = (progress: number) => {
        if (current.cancelled) throw new Cancelled();
        if (progress > 0) send({ id, progress });
      };
      await answer(
        id,
        () => hear(pool, current.call, report),
        () => !current.cancelled,
      );
      running = undefined;
    }
  };
  const cancel = (id: number): void => {
    const index = waiting.findIndex((call) => call.id === id);
    if (index >= 0) waiting.splice(index, 1);
    else if (running?.call.id === id && !running.cancelled) running.cancelled = true;
    else return;
    send({ id, error: { message: 'cancelled', kind: 'cancelled' } });
  };
  return {
    take(line) {
      const call = parse(line);
      if (!isListenCall(call)) send({ id: idOf(call), error: { message: 'not a call of this protocol', kind: 'bug' } });
      else if (call.call === 'cancel') cancel(call.id);
      else if (call.call === 'lines') void answer(call.id, () => findLines(call));
      else {
        waiting.push(call);
        if (waiting.length === 1 && !running) working = work();
      }
    },
    async close() {
      waiting.length = 0;
      if (running) running.cancelled = true;
      await working;
      await pool.dispose();
    },
  };
}

async function hear(pool: ModelPool, call: HearingCall, report: (progress: number) => void): Promise<HeardStretch> {
  if (call.call === 'inspect') return inspectStretch(pool, call, report);
  return (await hearStretch(pool, call, report)).stretch;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const idOf = (call: unknown): number =>
  typeof call === 'object' && call !== null && 'id' in call && typeof call.id === 'number' ? call.id : -1;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const kindOf = (error: unknown): FailureKind =>
  error instanceof UserError ? 'expected' : error instanceof Cancelled ? 'cancelled' : 'bug';
