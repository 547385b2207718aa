import { describe, expect, it } from 'vitest';
import { createDeviceHost } from '../../src/engine/ort/deviceHost.ts';
import { deviceProviders } from '../../src/engine/ort/deviceProviders.ts';
import { createTrainingHost, type TrainingHost } from '../../src/engine/ort/trainingHost.ts';
import { type LossScale, nextLossScale } from '../../src/nn/optimizers/gradScaler.ts';
import type { Snapshot, StepRequest, StepResult } from '../../src/training/executor.ts';
import { deviceBatch, deviceSetup, smallConformer, smallCrnn } from './deviceCases.ts';

// The step with its update in the graph, and several of them in one Loop, on the CPU: what a GPU will be asked to do.
const setupOf = (overrides: Record<string, unknown>) => deviceSetup({ model: smallCrnn, ...overrides });

const inLoops = { ...deviceProviders.cpu, batchesPerRun: 4 };

const options = (step: number) => ({ learningRate: 0.01 / (1 + step), seed: 1, step });
const requests = (count: number, batches = (step: number) => [deviceBatch(`s${step}`)]): StepRequest[] =>
  Array.from({ length: count }, (_, step) => ({ batches: batches(step), options: options(step) }));

async function oneByOne(host: TrainingHost, steps: readonly StepRequest[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { batches, options } of steps) results.push(await host.step(batches, options));
  return results;
}

const vectorsOf = ({ parameters, buffers, slots, average }: Snapshot) => ({
  parameters,
  buffers,
  ...slots,
  ...(average ? { averageParameters: average.parameters, averageBuffers: average.buffers } : {}),
});

/** Largest difference of any vector, against the largest element of that vector. */
function difference(a: Snapshot, b: Snapshot): number {
  const [left, right] = [vectorsOf(a), vectorsOf(b)] as Record<string, Float32Array>[];
  expect(Object.keys(left!)).toEqual(Object.keys(right!));
  return Math.max(
    ...Object.entries(left!).map(([name, vector]) => {
      const top = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
      return vector.reduce((most, value, i) => Math.max(most, Math.abs(value - right![name]![i]!)), 0) / top;
    }),
  );
}

const decoder = {
  ...smallCrnn,
  attention: {
    enabled: true,
    hiddenSize: 8,
    embeddingSize: 4,
    attentionSize: 4,
    locationChannels: 2,
    locationKernel: 3,
  },
};

const cases = [
  ['AdamW', {}],
  ['SGD with momentum', { optimizer: { type: 'sgd', learningRate: 0.01, nesterov: true } }],
  ['SGD without, no clipping', { optimizer: { type: 'sgd', momentum: 0, clipNorm: null } }],
  ['a moving average', { training: { emaDecay: 0.9 } }],
  ['an attention decoder', { model: decoder, loss: { ctcWeight: 0.5, labelSmoothing: 0.1 } }],
  ['a conformer', { model: { ...smallConformer, norm: 'batch' } }],
] as const;

describe.each(cases)('%s', (_, overrides) => {
  const setup = setupOf(overrides);

  it('updates in the graph as outside of it', async () => {
    const inGraph = createDeviceHost(setup, { ...deviceProviders.cpu, batchesPerRun: 1 });
    const outside = createTrainingHost(setup);
    const steps = requests(4);
    const [a, b] = [await oneByOne(inGraph, steps), await oneByOne(outside, steps)];
    // Same gradient graph; updates round in another order, which AdamW's division makes visible.
    for (const [i, { loss, components }] of a.entries()) {
      expect(Math.abs(loss / b[i]!.loss - 1)).toBeLessThan(1e-5);
      expect(components === undefined).toBe(b[i]!.components === undefined);
      if (components) expect(Math.abs(components.attention / b[i]!.components!.attention - 1)).toBeLessThan(1e-5);
    }
    expect(difference(await inGraph.snapshot(), outside.snapshot())).toBeLessThan(2e-4);
  });

  it('takes four steps in one Loop as four by themselves', async () => {
    const looped = createDeviceHost(setup, inLoops);
    const single = createDeviceHost(setup, { ...deviceProviders.cpu, batchesPerRun: 1 });
    const steps = requests(6);
    const [a, b] = [await looped.steps(steps), await single.steps(steps)];
    expect(a.map(({ updated }) => updated)).toEqual(b.map(({ updated }) => updated));
    for (const [i, { loss, utteranceLosses, gradientNorm }] of a.entries()) {
      expect(Math.abs(loss / b[i]!.loss - 1)).toBeLessThan(1e-6);
      expect(Math.abs(gradientNorm / b[i]!.gradientNorm - 1)).toBeLessThan(1e-5);
      expect(utteranceLosses).toHaveLength(b[i]!.utteranceLosses.length);
    }
    const [end, expected] = [await looped.snapshot(), await single.snapshot()];
    expect(end.updates).toBe(6);
    expect(difference(end, expected)).toBeLessThan(1e-6);
  });
});

it('scales the loss of fp16 by the rules, in a Loop too', async () => {
  // Not compared with the update outside: the CPU leaves out some casts to float16, others in each graph.
  const setup = setupOf({ training: { precision: 'fp16' } });
  const hosts = [1, 4].map((batchesPerRun) => createDeviceHost(setup, { ...deviceProviders.cpu, batchesPerRun }));
  const steps = requests(8);
  const start: LossScale = { scale: 2 ** 22, goodSteps: 1998 };
  const ends: Snapshot[] = [];
  for (const host of hosts) {
    host.restore({ ...(await host.snapshot()), lossScale: start });
    const results = await host.steps(steps);
    let scale = start;
    for (const { updated, lossScale } of results) {
      expect(lossScale).toBe(scale.scale);
      scale = nextLossScale(scale, updated);
    }
    expect(results.some(({ updated }) => updated)).toBe(true);
    expect(results.some(({ updated }) => !updated)).toBe(true);
    ends.push(await host.snapshot());
    expect(ends.at(-1)!.lossScale).toEqual(scale);
    expect(ends.at(-1)!.updates).toBe(results.filter(({ updated }) => updated).length);
  }
  expect(difference(ends[0]!, ends[1]!)).toBeLessThan(1e-6);
});

it('adds up the gradients of several batches, in a Loop too', async () => {
  const setup = setupOf({ training: { accumulate: 3, emaDecay: 0.5 } });
  const steps = requests(3, (step) => [
    deviceBatch(`a${step}`, 1),
    deviceBatch(`b${step}`, 3),
    deviceBatch(`c${step}`, 2, 28),
  ]);
  const outside = createTrainingHost(setup);
  const expected = await oneByOne(outside, steps);
  for (const batchesPerRun of [1, 4]) {
    const host = createDeviceHost(setup, { ...deviceProviders.cpu, batchesPerRun });
    const results = await host.steps(steps);
    for (const [i, { loss, gradientNorm, utteranceLosses }] of results.entries()) {
      expect(Math.abs(loss / expected[i]!.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(gradientNorm / expected[i]!.gradientNorm - 1)).toBeLessThan(1e-4);
      expect(utteranceLosses).toHaveLength(6);
    }
    const end = await host.snapshot();
    expect(end.updates).toBe(3);
    expect(difference(end, outside.snapshot())).toBeLessThan(5e-4);
  }
});

it('leaves the state as it was when a loss is not finite, and counts no update for it', async () => {
  for (const accumulate of [1, 2]) {
    const setup = setupOf({ training: { accumulate, emaDecay: 0.5 } });
    const good = (step: number) => Array.from({ length: accumulate }, (_, i) => deviceBatch(`g${step}.${i}`));
    const steps = requests(4, good);
    const bad = deviceBatch('bad');
    bad.features[5] = Number.NaN;
    const planted = steps.map((request, i) =>
      i === 1 ? { ...request, batches: [bad, ...good(9).slice(1)] } : request,
    );
    const outside = createTrainingHost(setup);
    await oneByOne(outside, planted);
    for (const batchesPerRun of [1, 4]) {
      const host = createDeviceHost(setup, { ...deviceProviders.cpu, batchesPerRun });
      const results = await host.steps(planted);
      expect(results.map(({ updated }) => updated)).toEqual([true, false, true, true]);
      const end = await host.snapshot();
      expect(end.updates).toBe(3);
      expect(difference(end, outside.snapshot())).toBeLessThan(5e-4);
    }
  }
});

it('goes on exactly from a snapshot, and evaluates what it trained', async () => {
  const setup = setupOf({ training: { emaDecay: 0.5 } });
  const [first, second] = [createDeviceHost(setup, inLoops), createDeviceHost(setup, inLoops)];
  const steps = requests(8);
  await first.steps(steps.slice(0, 4));
  await second.restore(await first.snapshot());
  await first.steps(steps.slice(4));
  await second.steps(steps.slice(4));
  expect(await second.snapshot()).toEqual(await first.snapshot());
  const cpu = createTrainingHost(setup);
  cpu.restore(await first.snapshot());
  const batch = deviceBatch('evaluate');
  expect((await first.evaluate(batch)).logProbabilities).toEqual((await cpu.evaluate(batch)).logProbabilities);
});
