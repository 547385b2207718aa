import type { GuardRaised, MemoryCategory } from '../../../src/shared/run/events.ts';
import type { ResourcePoint } from '../../../src/shared/run/resourceSeries.ts';
import { samplesOfSteps } from '../resourceAxis.ts';

/** From the top of the stack down: the process that runs the graph is below, so that its forecast can be read off. */
export const stackOrder = [
  'engineHeap',
  'engineExternal',
  'engineNative',
  'graphHeap',
  'graphExternal',
  'graphNative',
] as const satisfies readonly MemoryCategory[];

export interface StackLayer {
  category: MemoryCategory;
  /** Bytes of the category, and of it and all below it. */
  values: number[];
  tops: number[];
}

/**
 * The categories as layers. A figure that a sample lacks is as it was before, so that a process that was too busy to
 * answer does not tear a hole; a category that no sample has is left out.
 */
export function stackMemory(points: readonly ResourcePoint[]): StackLayer[] {
  const below = new Array<number>(points.length).fill(0);
  const layers: StackLayer[] = [];
  for (const category of [...stackOrder].reverse()) {
    if (!points.some(({ memoryBytes }) => memoryBytes[category] !== undefined)) continue;
    let last = 0;
    const values = points.map(({ memoryBytes }) => {
      last = memoryBytes[category] ?? last;
      return last;
    });
    const tops = values.map((value, index) => (below[index] = below[index]! + value));
    layers.unshift({ category, values, tops });
  }
  return layers;
}

/** Resident memory of the run's processes. */
export const residentBytes = ({ engineRssBytes, graphRssBytes = 0 }: ResourcePoint): number =>
  engineRssBytes + graphRssBytes;

export interface LeakStretch {
  guard: GuardRaised;
  category: MemoryCategory;
  bytesPerStep: number;
  firstStep: number;
  lastStep: number;
  /** Samples within it, as indexes; absent where the series no longer has them. */
  samples?: { first: number; last: number };
}

export function leakStretches(guards: readonly GuardRaised[], points: readonly ResourcePoint[]): LeakStretch[] {
  return guards.flatMap((guard) => {
    if (!guard.leak) return [];
    const samples = samplesOfSteps(points, guard.leak.firstStep, guard.leak.lastStep);
    return [{ guard, ...guard.leak, ...(samples ? { samples } : {}) }];
  });
}
