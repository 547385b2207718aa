import { afterAll, beforeEach, expect, it } from 'vitest';
import { createOrtExecutor } from '../../src/engine/ortExecutor.ts';
import { trainingSetup } from '../../src/engine/trainingSetup.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { Executor, Snapshot, TrainingBatch } from '../../src/training/executor.ts';

const experiment = experimentSchema.parse({
  data: { train: ['none'] },
  model: {
    blocks: [{ channels: 4, pool: [2, 2] }],
    norm: 'batch',
    rnn: { hiddenSize: 8, layers: 1, projection: 8 },
    dropout: 0,
  },
});
const bins = 12;
const spec = { config: experiment.model, bins, vocabularySize: 6 };
const open = (optimizer = experiment.optimizer, emaDecay = 0) =>
  createOrtExecutor(
    trainingSetup({ ...experiment, optimizer, training: { ...experiment.training, emaDecay }, seed: 3 }, spec, 1),
  );

const executors: Executor[] = [];
const opened = async (...args: Parameters<typeof open>) => {
  const executor = await open(...args);
  executors.push(executor);
  return executor;
};
afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

function batchOf(rows: number, key: string, shapeRows = rows): TrainingBatch {
  const random = createRandom('batch', key);
  const frames = 32;
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: Int32Array.from({ length: rows }, (_, row) => frames - 2 * row),
    tokens: Array.from({ length: rows }, () => Int32Array.from({ length: 3 }, () => 1 + random.below(5))),
    ids: Array.from({ length: rows }, (_, row) => `${key}${row}`),
    shape: { rows: shapeRows, frames, maxTokens: 4 },
  };
}
const sgd = { ...experiment.optimizer, type: 'sgd' as const, nesterov: true };
const options = (step: number) => ({ learningRate: 0.01, seed: 1, step });
const largest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
let executor: Executor;
beforeEach(async () => {
  executor = await opened();
});

it.each([
  ['adamw', experiment.optimizer, 0],
  ['sgd', sgd, 0],
  ['a moving average', experiment.optimizer, 0.9],
] as const)('goes on exactly from a snapshot, in another process (%s)', async (_, optimizer, emaDecay) => {
  const first = await opened(optimizer, emaDecay);
  for (let step = 0; step < 3; step++) await first.step([batchOf(3, `s${step}`)], options(step));
  const middle = await first.snapshot();
  const other = await opened(optimizer, emaDecay);
  await other.restore(middle);
  const ends: Snapshot[] = [];
  for (const each of [first, other]) {
    for (let step = 3; step < 6; step++) await each.step([batchOf(3, `s${step}`)], options(step));
    ends.push(await each.snapshot());
  }
  expect(ends[1]).toEqual(ends[0]);
  expect(ends[0]!.updates).toBe(6);
  expect(ends[0]!.parameters).not.toEqual(middle.parameters);
  expect(ends[0]!.buffers).not.toEqual(middle.buffers);
  if (emaDecay > 0) expect(ends[0]!.average!.parameters).not.toEqual(middle.average!.parameters);
});

it('evaluates the moving average, and trains the weights', async () => {
  const average = await opened(experiment.optimizer, 0.9);
  for (let step = 0; step < 4; step++)
    for (const each of [executor, average]) await each.step([batchOf(3, `m${step}`)], options(step));
  const { parameters } = await executor.snapshot();
  const snapshot = await average.snapshot();
  expect(snapshot.parameters).toEqual(parameters);
  const batch = batchOf(3, 'eval');
  const seen = await average.evaluate(batch);
  expect(seen).not.toEqual(await executor.evaluate(batch));
  await executor.restore({ ...snapshot, ...snapshot.average! });
  expect(seen).toEqual(await executor.evaluate(batch));
});

it('begins anew with the state of another optimizer', async () => {
  await executor.step([batchOf(2, 'o')], options(0));
  const other = await opened(sgd);
  await other.restore(await executor.snapshot());
  expect((await other.snapshot()).updates).toBe(0);
  expect((await other.snapshot()).slots.momentum!.every((value) => value === 0)).toBe(true);
});

it('weighs accumulated batches by their utterances', async () => {
  // Plain gradients are seen in the first moment: after one update it is (1 − β₁)·gradient.
  const unclipped = { ...experiment.optimizer, clipNorm: null };
  const gradientOf = async (...batches: TrainingBatch[]) => {
    const each = await opened(unclipped);
    const result = await each.step(batches, options(0));
    return { ...result, moment: (await each.snapshot()).slots.firstMoment! };
  };
  const a = await gradientOf(batchOf(1, 'a'));
  const b = await gradientOf(batchOf(3, 'b'));
  const both = await gradientOf(batchOf(1, 'a'), batchOf(3, 'b'));
  expect(both.loss).toBeCloseTo((a.loss + 3 * b.loss) / 4, 5);
  const expected = a.moment.map((value, i) => (value + 3 * b.moment[i]!) / 4);
  // float32 sums of the order of 1: a few units in the last place.
  expect(largest(both.moment, expected)).toBeLessThan(1e-6);
  const squares = [...a.utteranceGradients!].map((value) => value / 16);
  squares.push(...[...b.utteranceGradients!].map((value) => (9 * value) / 16));
  for (const [i, value] of squares.entries()) expect(both.utteranceGradients![i]! / value).toBeCloseTo(1, 4);
  // Running means moved between the batches; filters are centred by them, so the last places differ (losses are near 20).
  const each = Float32Array.of(...a.utteranceLosses, ...b.utteranceLosses);
  expect(largest(both.utteranceLosses, each)).toBeLessThan(1e-5);
});

it('accumulated batches equal one large batch where nothing joins their utterances', async () => {
  const plain = { ...experiment, model: { ...experiment.model, norm: 'none' as const }, seed: 3 };
  const gradientOf = async (...batches: TrainingBatch[]) => {
    const each = await createOrtExecutor(trainingSetup(plain, { ...spec, config: plain.model }, 1));
    executors.push(each);
    const { loss, gradientNorm } = await each.step(batches, options(0));
    return { loss, gradientNorm, ...(await each.snapshot()) };
  };
  const large = batchOf(4, 'l');
  const size = 32 * bins;
  const half = (from: number): TrainingBatch => ({
    ...large,
    batch: 2,
    features: large.features.slice(from * size, (from + 2) * size),
    frameCounts: large.frameCounts.slice(from, from + 2),
    tokens: large.tokens.slice(from, from + 2),
    ids: large.ids.slice(from, from + 2),
    shape: { ...large.shape, rows: 2 },
  });
  const whole = await gradientOf(large);
  const parts = await gradientOf(half(0), half(2));
  // float32 sums in another order: losses near 20, clipped moments below 0.1.
  expect(parts.loss).toBeCloseTo(whole.loss, 4);
  expect(Math.abs(parts.gradientNorm / whole.gradientNorm - 1)).toBeLessThan(1e-5);
  expect(largest(parts.slots.firstMoment!, whole.slots.firstMoment!)).toBeLessThan(1e-6);
});

it('gives a batch the same loss and gradient in a graph with room to spare', async () => {
  const exact = await executor.step([batchOf(3, 'x')], options(0));
  const roomy = await (await opened()).step([batchOf(3, 'x', 5)], options(0));
  expect(roomy.loss).toBeCloseTo(exact.loss, 4);
  expect(roomy.gradientNorm).toBeCloseTo(exact.gradientNorm, 3);
  expect(roomy.utteranceLosses).toHaveLength(3);
});

it('changes nothing when the loss is not finite', async () => {
  await executor.step([batchOf(2, 'good')], options(0));
  const before = await executor.snapshot();
  const bad = batchOf(2, 'bad');
  bad.features[5] = Number.NaN;
  const result = await executor.step([bad], options(1));
  expect(result.updated).toBe(false);
  expect(await executor.snapshot()).toEqual(before);
});

it('clips by the global norm', async () => {
  const batch = batchOf(3, 'clip');
  const { gradientNorm } = await executor.step([batch], options(0));
  expect(gradientNorm).toBeGreaterThan(1);
  const moment = (await executor.snapshot()).slots.firstMoment!;
  const norm = Math.sqrt(moment.reduce((sum, value) => sum + value * value, 0)) / 0.1;
  expect(norm).toBeCloseTo(1, 3);
});

it('evaluates without dropout and with the running statistics, and is independent of batch mates', async () => {
  for (let step = 0; step < 4; step++) await executor.step([batchOf(3, `e${step}`)], options(step));
  const batch = batchOf(3, 'eval');
  const together = await executor.evaluate(batch);
  expect(together.outputFrames).toBe(16);
  expect([...together.lengths]).toEqual([16, 15, 14]);
  const size = 32 * bins;
  const alone = await executor.evaluate({
    ...batch,
    batch: 1,
    features: batch.features.slice(size, 2 * size),
    frameCounts: Int32Array.of(30),
  });
  const own = together.logProbabilities.subarray(16 * 6, 16 * 6 + 15 * 6);
  expect(largest(own, alone.logProbabilities.subarray(0, 15 * 6))).toBeLessThan(1e-5);
});
