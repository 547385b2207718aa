import { afterEach, expect, it, vi } from 'vitest';
import type { Executor, TrainingBatch } from '../../training/executor.ts';
import type { LoopEvent } from '../../training/loopTools.ts';
import { ownUsage } from '../ort/ownUsage.ts';
import { countShapes } from './countShapes.ts';
import type { GpuProbe } from './gpuProbe.ts';
import { type SampledRun, startResourceSampler } from './resourceSampler.ts';

const noGpus: GpuProbe = { ask: () => Promise.resolve({ gpus: [], absence: 'none' }), dispose: () => undefined };
let sampler: { dispose(): void } | undefined;
afterEach(() => sampler?.dispose());

function start(run: Partial<SampledRun>, everyMs: number) {
  const events: LoopEvent[] = [];
  const emit = (event: LoopEvent) => void events.push(event);
  const position = () => ({ step: 1, epoch: 0 });
  sampler = startResourceSampler(
    { graphUsage: async () => ownUsage(), shapeCount: () => 1, position, emit, gpus: noGpus, ...run },
    everyMs,
  );
  return events;
}
const until = (events: LoopEvent[], count: number) =>
  vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(count), { timeout: 10_000, interval: 10 });

it('samples at once, and the processor time since the last sample', async () => {
  const events = start({}, 50);
  await until(events, 1);
  await until(events, 2);
  for (const event of events) {
    if (event.kind !== 'resources') throw new Error(event.kind);
    expect(event.gpuAbsence).toBe('none');
    expect(event.machineCpuShare).toBeLessThanOrEqual(1);
    expect(event.engineRssBytes).toBeGreaterThan(0);
    expect(event.graphRssBytes).toBeGreaterThan(0);
  }
  expect(events[1]).toMatchObject({ runCpuShare: expect.toSatisfy((share: number) => share > 0 && share <= 1) });
});

it('does not wait for a graph process that is in a long step, or has ended', async () => {
  for (const graphUsage of [() => new Promise<never>(() => undefined), () => Promise.reject(new Error('ended'))]) {
    const events = start({ graphUsage }, 50);
    await until(events, 2);
    sampler!.dispose();
    expect(events[0]).not.toHaveProperty('graphRssBytes');
    expect(events[0]).toMatchObject({ kind: 'resources', memoryBytes: { engineHeap: expect.any(Number) } });
  }
});

it('says nothing more once it is disposed of', async () => {
  const events = start({}, 20);
  await until(events, 1);
  sampler!.dispose();
  const { length } = events;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(events).toHaveLength(length);
});

it('counts a batch shape once, those of evaluation too', async () => {
  const batch = (rows: number, frames: number) =>
    ({ batch: rows, frames, shape: { rows, frames, maxTokens: 5 } }) as TrainingBatch;
  const nothing = async () => [] as never;
  const counted = countShapes({ step: nothing, steps: nothing, evaluate: nothing } as unknown as Executor);
  const options = { learningRate: 0, seed: 0, step: 0 };
  await counted.step([batch(2, 10), batch(2, 20)], options);
  await counted.steps([{ batches: [batch(2, 20)], options }]);
  expect(counted.shapeCount()).toBe(2);
  await counted.evaluate(batch(2, 20));
  await counted.evaluate(batch(2, 20));
  expect(counted.shapeCount()).toBe(3);
});
