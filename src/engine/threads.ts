import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, hostname } from 'node:os';
import type { Ranks } from '../training/ranks.ts';

/** Physical cores this process may use: two threads of one core share its arithmetic units, so more threads only wait. */
export function physicalCores(): number {
  const logical = cpus().length;
  const perCore = Math.max(1, Math.round(logical / (countCores() ?? logical)));
  return Math.max(1, Math.floor(availableParallelism() / perCore));
}

/** Threads for this rank: its cores, shared with the ranks that may run on the very same ones. */
export async function coresOfRank(ranks: Ranks): Promise<number> {
  const own = { host: hostname(), cores: allowedCores() };
  const all = await ranks.gather(own);
  const sharing = all.filter(({ host, cores }) => host === own.host && cores === own.cores).length;
  return Math.max(1, Math.floor(physicalCores() / sharing));
}

/** As the kernel lists them, such as `0-3`; the launcher may have bound each rank to its own. */
function allowedCores(): string | undefined {
  try {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function countCores(): number | undefined {
  try {
    const cores = new Set<string>();
    for (const processor of readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')) {
      const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(\\d+)`, 'm').exec(processor)?.[1];
      const core = field('core id');
      if (core !== undefined) cores.add(`${field('physical id')}:${core}`);
    }
    return cores.size > 0 ? cores.size : undefined;
  } catch {
    return undefined;
  }
}
