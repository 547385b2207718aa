import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';

/** Who writes a run. A process id alone is not enough: ids are used again, and start over at boot. */
export interface LockOwner {
  pid: number;
  /** Kernel ticks since boot at which the process started; null where the system does not say. */
  startTime: string | null;
  bootId: string | null;
  host: string;
}

/** How long another process may take to remove a stale lock. */
const breakMs = 20;
const breakAttempts = 100;

/** Takes the run for this process, freeing a lock whose owner is gone; throws a UserError when another process writes. */
export function acquireLock(runDirectory: string): { release(): void } {
  const lock = join(runDirectory, runFiles.lock);
  const own = `${lock}.${process.pid}`;
  const me = describeProcess(process.pid);
  const text = JSON.stringify(me);
  writeFileSync(own, text);
  try {
    for (let attempt = 0; ; attempt++) {
      // link() fails when the name exists, so of two takers exactly one succeeds.
      if (tryLink(own, lock)) break;
      const found = readOptional(lock);
      if (found === undefined) continue;
      const owner = parseOwner(found);
      if (attempt > breakAttempts || (owner && isAlive(owner))) throw refused(runDirectory, lock, owner);
      removeStale(lock, found, own);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release() {
      if (readOptional(lock) === text) rmSync(lock, { force: true });
    },
  };
}

/** The process that writes this run now, if any. */
export function findLockOwner(runDirectory: string): LockOwner | undefined {
  const text = readOptional(join(runDirectory, runFiles.lock));
  const owner = text === undefined ? undefined : parseOwner(text);
  return owner && isAlive(owner) ? owner : undefined;
}

/**
 * Of several processes that find the same stale lock one removes it, while it holds another: the lock that the others
 * would remove after it may be a new one.
 */
function removeStale(lock: string, content: string, own: string): void {
  const breaking = `${lock}.breaking`;
  if (tryLink(own, breaking)) {
    if (readOptional(lock) === content) rmSync(lock, { force: true });
    rmSync(breaking, { force: true });
    return;
  }
  const owner = parseOwner(readOptional(breaking) ?? '');
  // Its owner died within these lines.
  if (owner && !isAlive(owner)) rmSync(breaking, { force: true });
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, breakMs);
}

function refused(runDirectory: string, lock: string, owner: LockOwner | undefined): UserError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  const remedy = owner && owner.host !== hostname() ? `; if it no longer runs, delete ${lock}` : '; stop it first';
  return new UserError(`${runDirectory}: ${who} is writing this run${remedy}`);
}

function isAlive(owner: LockOwner): boolean {
  if (owner.host !== hostname()) return true;
  const current = describeProcess(owner.pid);
  if (owner.bootId !== current.bootId) return false;
  if (owner.startTime !== null) return owner.startTime === current.startTime;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function describeProcess(pid: number): LockOwner {
  // The command in field 2 may hold spaces and parentheses; after its last ")" the fields are plain, start time the 20th.
  const stat = readOptional(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A dead process keeps its entry (state Z) until its parent asks how it ended, which may be never.
  const startTime = fields?.[0] === 'Z' ? null : (fields?.[19] ?? null);
  const bootId = readOptional('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
  return { pid, startTime, bootId, host: hostname() };
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string'
      ? { pid: owner.pid, host: owner.host, startTime: owner.startTime ?? null, bootId: owner.bootId ?? null }
      : undefined;
  } catch {
    return undefined;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
