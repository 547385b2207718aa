import { UserError } from '../../shared/problem.ts';
import type { RunAlert } from '../../shared/run/alert.ts';
import { fileReason, systemCode } from '../fileError.ts';

/** What a run does while its disk refuses: it waits for space, and goes on by itself. */
export interface DiskWatch {
  /** Repeats a write until the disk has space for it. Throws any other refusal, and this one too once the run is to stop. */
  persist<T>(write: () => Promise<T>): Promise<T>;
  /** Of lines that are kept where they were refused: `flush` tries again in the background until they are taken. */
  refused(error: unknown, flush: () => void): void;
  /** Resolves when nothing waits for the disk, or the run is to stop. Throws a UserError where waiting is of no use. */
  settled(): Promise<void>;
}

/** Of a process that writes nothing. */
export const noDisk: DiskWatch = {
  persist: (write) => write(),
  refused: () => undefined,
  settled: async () => undefined,
};

export interface DiskWatchTools {
  directory: string;
  isToStop(): boolean;
  /** The run begins to wait, with an alert, or goes on, without. */
  waits(alert: RunAlert | undefined): void;
  /** The run is about to end. */
  fails(alert: RunAlert): void;
  /** Unix time. */
  nowMs(): number;
}

/** Waits before the first, second and later tries: a large checkpoint is not written in vain every second. */
const retryMs = [1000, 2000, 4000];
const stopPollMs = 100;

const noSpace: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
/** What passes by itself for a file that is open. */
const passing: ReadonlySet<string> = new Set([...noSpace, 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR']);

export function createDiskWatch({ directory, isToStop, waits, fails, nowMs }: DiskWatchTools): DiskWatch {
  const waiting = new Set<Promise<unknown>>();
  const flushing = new Set<() => void>();
  let failure: UserError | undefined;

  const alertOf = (error: unknown, then: string): RunAlert => {
    const code = noSpace.has(systemCode(error) ?? '') ? 'disk-full' : 'disk-error';
    return { code, message: `${fileReason(error) ?? (error as Error).message}: ${then}`, sinceMs: nowMs() };
  };
  /** One alert for all that waits at the same time. */
  const wait = async <T>(
    error: unknown,
    write: () => T | Promise<T>,
    passes: ReadonlySet<string>,
    gaveUp: (last: unknown) => void = () => undefined,
  ): Promise<T> => {
    const result = retry(write, passes, isToStop);
    waiting.add(result);
    if (waiting.size === 1)
      waits(alertOf(error, `training waits and goes on by itself when ${directory} can be written again`));
    let solved = false;
    try {
      const value = await result;
      solved = true;
      return value;
    } catch (last) {
      gaveUp(last);
      throw last;
    } finally {
      waiting.delete(result);
      if (solved && waiting.size === 0 && !failure) waits(undefined);
    }
  };
  const fail = (error: unknown) => {
    if (failure) return;
    const alert = alertOf(error, `the events of the run cannot be written to ${directory}`);
    failure = new UserError(alert.message);
    fails(alert);
  };

  return {
    async persist(write) {
      try {
        return await write();
      } catch (error) {
        if (isToStop() || !noSpace.has(systemCode(error) ?? '')) throw error;
        return wait(error, write, noSpace);
      }
    },
    refused(error, flush) {
      if (flushing.has(flush)) return;
      if (!passing.has(systemCode(error) ?? '')) return fail(error);
      flushing.add(flush);
      const again = () => {
        flush();
        flushing.delete(flush);
      };
      wait(error, again, passing, (last) => (isToStop() ? undefined : fail(last))).catch(() => undefined);
    },
    async settled() {
      while (waiting.size > 0 && !isToStop()) await Promise.allSettled(waiting);
      if (failure) throw failure;
    },
  };
}

/** Until the write succeeds, is refused for another reason, or the run is to stop. */
async function retry<T>(write: () => T | Promise<T>, passes: ReadonlySet<string>, isToStop: () => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const waitMs = retryMs[Math.min(tries, retryMs.length - 1)]!;
    for (let ms = 0; ms < waitMs && !isToStop(); ms += stopPollMs)
      await new Promise((resolve) => setTimeout(resolve, stopPollMs));
    try {
      return await write();
    } catch (error) {
      if (isToStop() || !passes.has(systemCode(error) ?? '')) throw error;
    }
  }
}
