import { describe, expect, it } from 'vitest';
import type { GuardRaised, MemoryCategory } from '../../../src/shared/run/events.ts';
import type { ResourcePoint } from '../../../src/shared/run/resourceSeries.ts';
import { leakStretches, residentBytes, stackMemory } from './memoryStack.ts';

const point = (step: number, memoryBytes: Partial<Record<MemoryCategory, number>>): ResourcePoint => ({
  ...{ step, timeMs: 1000 * step, engineRssBytes: 100, memoryBytes, gpus: [] },
  ...{ runCpuShare: 0, machineCpuShare: 0, machineMemoryUsedBytes: 0, machineMemoryTotalBytes: 0 },
});

describe('the memory stack', () => {
  it('has the graph process below the engine, and leaves out what no sample has', () => {
    const points = [
      point(1, { engineHeap: 10, graphNative: 100, graphHeap: 5 }),
      point(2, { engineHeap: 20, graphNative: 200, graphHeap: 5 }),
    ];
    expect(stackMemory(points)).toEqual([
      { category: 'engineHeap', values: [10, 20], tops: [115, 225] },
      { category: 'graphHeap', values: [5, 5], tops: [105, 205] },
      { category: 'graphNative', values: [100, 200], tops: [100, 200] },
    ]);
    expect(stackMemory([])).toEqual([]);
  });

  it('bridges samples that a busy process did not answer', () => {
    const points = [point(1, { graphNative: 100 }), point(2, {}), point(3, { graphNative: 300 })];
    expect(stackMemory(points)[0]!.values).toEqual([100, 100, 300]);
    expect(stackMemory([point(1, {}), point(2, { graphNative: 7 })])[0]!.values).toEqual([0, 7]);
  });

  it('adds up what is resident', () => {
    expect(residentBytes(point(1, {}))).toBe(100);
    expect(residentBytes({ ...point(1, {}), graphRssBytes: 50 })).toBe(150);
  });

  it('finds the samples of a leak, as far as they are still there', () => {
    const guard = (firstStep: number, lastStep: number): GuardRaised => ({
      ...{ kind: 'guard', step: lastStep, timeMs: 0, epoch: 0, code: 'memory-leak', severity: 'warning' },
      ...{ message: 'it grows', remedy: 'resume it' },
      leak: { category: 'graphNative', firstStep, lastStep, bytesPerStep: 10 },
    });
    const points = [10, 20, 30, 40].map((step) => point(step, {}));
    expect(leakStretches([guard(15, 35)], points)).toMatchObject([
      { category: 'graphNative', samples: { first: 1, last: 2 } },
    ]);
    expect(leakStretches([guard(1, 5)], points)[0]).not.toHaveProperty('samples');
    const { leak: _, ...other } = guard(1, 5);
    expect(leakStretches([other], points)).toEqual([]);
  });
});
