import { cpus, freemem, totalmem } from 'node:os';
import type { MemoryCategory } from '../../shared/run/events.ts';
import type { ProcessUsage } from '../ort/protocol.ts';

/** One process's memory by category. */
export function memoryOf(of: 'engine' | 'graph', usage: ProcessUsage): Partial<Record<MemoryCategory, number>> {
  const { rssBytes, heapUsedBytes, heapTotalBytes, externalBytes } = usage;
  return {
    [`${of}Heap`]: heapUsedBytes,
    [`${of}External`]: externalBytes,
    // Pages that were reserved but never touched make the parts larger than the whole.
    [`${of}Native`]: Math.max(0, rssBytes - heapTotalBytes - externalBytes),
  };
}

/** Processor time that a process took between two looks, as a share of one core. */
export function coreShare(before: ProcessUsage | undefined, now: ProcessUsage | undefined): number {
  if (!before || !now || now.ageMs <= before.ageMs) return 0;
  return (now.cpuMs - before.cpuMs) / (now.ageMs - before.ageMs);
}

/** Processor time of all cores since the machine started. */
export interface MachineTimes {
  cores: number;
  busyMs: number;
  totalMs: number;
}

export function machineTimes(): MachineTimes {
  const cores = cpus();
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of cores) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    totalMs += all;
    busyMs += all - times.idle;
  }
  return { cores: Math.max(1, cores.length), busyMs, totalMs };
}

/** Of all cores between two looks, 0 to 1. */
export function machineShare(before: MachineTimes, now: MachineTimes): number {
  const totalMs = now.totalMs - before.totalMs;
  return totalMs > 0 ? clampShare((now.busyMs - before.busyMs) / totalMs) : 0;
}

export const clampShare = (share: number): number => Math.min(1, Math.max(0, share));

/** What processes here may use together: the machine's memory, or that of the group they are confined to. */
export function machineMemory(): { usedBytes: number; totalBytes: number } {
  const machine = totalmem();
  // 0 or a number beyond the machine's where there is no bound.
  const bound = process.constrainedMemory();
  if (bound > 0 && bound < machine)
    return { usedBytes: Math.max(0, bound - process.availableMemory()), totalBytes: bound };
  return { usedBytes: machine - freemem(), totalBytes: machine };
}
