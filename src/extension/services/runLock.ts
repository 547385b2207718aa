import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { runFiles } from '../../shared/run/layout.ts';

/** Whether the process that a run's lock names still runs; the engine judges by the same. */
export async function isHeld(directory: string): Promise<boolean> {
  const text = await readOptional(path.join(directory, runFiles.lock));
  if (text === undefined) return false;
  try {
    const owner = JSON.parse(text) as { pid: number; startTime?: string | null; bootId?: string | null; host: string };
    if (owner.host !== hostname()) return true;
    // Process ids and start times begin anew at boot.
    if (owner.bootId && owner.bootId !== (await currentBootId())) return false;
    if (owner.startTime) return (await startTimeOf(owner.pid)) === owner.startTime;
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are used again; a process is known by its id and when it started (/proc/pid/stat, field 22). Undefined for a dead one. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readOptional(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

let bootId: Promise<string | undefined> | undefined;

/** Of the running system, which it keeps until it is down. */
function currentBootId(): Promise<string | undefined> {
  bootId ??= readOptional('/proc/sys/kernel/random/boot_id').then((text) => text?.trim());
  return bootId;
}

const readOptional = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
