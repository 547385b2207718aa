import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Physical cores this process may use: two threads of one core share its arithmetic units, so more threads only wait. */
export function physicalCores(): number {
  const logical = cpus().length;
  const perCore = Math.max(1, Math.round(logical / (countCores() ?? logical)));
  return Math.max(1, Math.floor(availableParallelism() / perCore));
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
