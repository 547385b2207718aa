import { afterAll, expect, it, test } from 'vitest';
import { createOrtExecutor } from '../../src/engine/ortExecutor.ts';
import { trainingSetup } from '../../src/engine/trainingSetup.ts';
import { neededNodes, resolve } from '../../src/graph/onnx/names.ts';
import { isFloat } from '../../src/graph/value.ts';
import { inPrecision, lossGradients } from '../../src/nn/mixedPrecision.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { layoutParameters } from '../../src/nn/models/index.ts';
import { nextLossScale } from '../../src/nn/optimizers/gradScaler.ts';
import { plainCtc } from '../../src/nn/stepLoss.ts';
import { buildStepParts } from '../../src/nn/stepParts.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { Executor, TrainingBatch } from '../../src/training/executor.ts';

const bins = 20;
const crnn = {
  blocks: [
    { channels: 8, pool: [2, 2] },
    { channels: 8, pool: [1, 2] },
  ],
  rnn: { hiddenSize: 12, layers: 2, projection: 12 },
  dropout: 0.1,
};
const models: Record<string, object> = {
  'crnn, batch norm': crnn,
  'crnn, layer norm': { ...crnn, norm: 'layer' },
  'crnn without norm': { ...crnn, norm: 'none' },
  'crnn with GRU and residuals': { ...crnn, residual: true, rnn: { ...crnn.rnn, cell: 'gru' } },
  'crnn with attention': { ...crnn, attention: { enabled: true, hiddenSize: 12, embeddingSize: 8, attentionSize: 8 } },
  conformer: {
    type: 'conformer',
    conformer: { dimension: 16, layers: 2, heads: 2, kernelSize: 7, subsampling: 2, subsamplingChannels: 4 },
    dropout: 0.1,
  },
};

const executors: Executor[] = [];
afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

async function opened(model: object, precision: 'fp32' | 'fp16'): Promise<Executor> {
  const loss = { ctcWeight: 'attention' in model ? 0.5 : 1 };
  const experiment = experimentSchema.parse({
    data: { train: ['none'] },
    model,
    loss,
    seed: 3,
    training: { precision },
  });
  const spec: ModelSpec = { config: experiment.model, bins, vocabularySize: 6 };
  const executor = await createOrtExecutor(trainingSetup(experiment, spec, 1));
  executors.push(executor);
  return executor;
}

function batchOf(key: string): TrainingBatch {
  const random = createRandom('batch', key);
  const [rows, frames] = [3, 48];
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: Int32Array.of(48, 45, 40),
    tokens: Array.from({ length: rows }, () => Int32Array.from({ length: 5 }, () => 1 + random.below(5))),
    ids: ['a', 'b', 'c'],
    shape: { rows, frames, maxTokens: 8 },
  };
}
const options = (step: number) => ({ learningRate: 3e-3, seed: 1, step });

test.each(Object.entries(models))('ten steps of %s in fp16 stay close to fp32', async (_, model) => {
  const losses = { fp32: [] as number[], fp16: [] as number[] };
  for (const precision of ['fp32', 'fp16'] as const) {
    const executor = await opened(model, precision);
    // A scale at which these gradients fit, so that no step is skipped and both make the same updates.
    if (precision === 'fp16')
      await executor.restore({ ...(await executor.snapshot()), lossScale: { scale: 256, goodSteps: 0 } });
    for (let step = 0; step < 10; step++) {
      const result = await executor.step([batchOf(`${step % 2}`)], options(step));
      expect(result.updated).toBe(true);
      losses[precision].push(result.loss);
    }
  }
  expect(losses.fp32[9]).toBeLessThan(0.9 * losses.fp32[1]!);
  // Rounding to 11 bits (5e-4) in the forward pass; AdamW's first updates follow the sign of gradients, also of tiny ones.
  for (const [step, loss] of losses.fp32.entries())
    expect(Math.abs(losses.fp16[step]! - loss) / loss, `step ${step}`).toBeLessThan(step === 0 ? 1e-3 : 2e-2);
});

it('halves the scale until gradients fit, makes no update meanwhile, and counts as GradScaler', async () => {
  const executor = await opened(crnn, 'fp16');
  const start = await executor.snapshot();
  expect(start.lossScale).toEqual({ scale: 65_536, goodSteps: 0 });
  let state = { scale: 2 ** 24, goodSteps: 7 };
  await executor.restore({ ...start, lossScale: state });
  const seen: boolean[] = [];
  for (let step = 0; step < 24; step++) {
    const result = await executor.step([batchOf(`${step % 2}`)], options(step));
    expect(result.lossScale).toBe(state.scale);
    expect(Number.isFinite(result.loss)).toBe(true);
    expect(result.updated).toBe(Number.isFinite(result.gradientNorm));
    seen.push(result.updated);
    const { parameters, buffers, updates, lossScale } = await executor.snapshot();
    if (updates === 0)
      expect({ parameters, buffers }).toEqual({ parameters: start.parameters, buffers: start.buffers });
    state = nextLossScale(state, result.updated);
    expect(lossScale).toEqual(state);
    expect(updates).toBe(seen.filter(Boolean).length);
  }
  expect(seen[0]).toBe(false);
  expect(seen.at(-1)).toBe(true);
});

it('goes on exactly from a snapshot taken while the scale was on its way', async () => {
  const executor = await opened(crnn, 'fp16');
  for (let step = 0; step < 5; step++) await executor.step([batchOf(`${step}`)], options(step));
  const middle = await executor.snapshot();
  expect(middle.lossScale!.scale).toBeLessThan(65_536);
  const other = await opened(crnn, 'fp16');
  await other.restore(middle);
  for (let step = 5; step < 9; step++)
    for (const each of [executor, other]) await each.step([batchOf(`${step}`)], options(step));
  expect(await other.snapshot()).toEqual(await executor.snapshot());
});

it('uses one scale for accumulated batches and unscales before the norm', async () => {
  const results = [];
  for (const scale of [2, 256]) {
    const executor = await opened({ ...crnn, dropout: 0 }, 'fp16');
    await executor.restore({ ...(await executor.snapshot()), lossScale: { scale, goodSteps: 1999 } });
    results.push(await executor.step([batchOf('a'), batchOf('b')], options(0)));
    expect((await executor.snapshot()).lossScale).toEqual({ scale: 2 * scale, goodSteps: 0 });
  }
  // Powers of two scale exactly, except what becomes subnormal in float16.
  expect(results[0]!.gradientNorm / results[1]!.gradientNorm).toBeCloseTo(1, 3);
});

it('the loss and its gradient see fp32 logits and compute in fp32, weights stay fp32 inputs, no node asks for NaN', () => {
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, model: crnn });
  const spec: ModelSpec = { config: experiment.model, bins, vocabularySize: 6 };
  const layout = layoutParameters(spec);
  const { loss, parameters } = buildStepParts(spec, layout, { batch: 2, frames: 48, maxTokens: 8 }, plainCtc);
  const { gradients } = lossGradients(loss, parameters, 'fp16');
  const named = { loss, ...Object.fromEntries(gradients.map((gradient, i) => [`g${i}`, gradient])) };
  const outputs = inPrecision(named, 'fp16');
  expect(new Set(Object.values(outputs).map(({ dtype }) => dtype))).toEqual(new Set(['float32']));
  const { nodes, leaves } = neededNodes(loss.graph, Object.values(outputs).map(resolve));
  const pinned = nodes.filter(({ scope }) => /^(backward\/)?loss(\/|$)/.test(scope));
  expect(pinned.length).toBeGreaterThan(30);
  for (const { inputs, op, outputs: made } of pinned) {
    const read = op.onnx === 'Cast' ? [] : inputs.filter((input) => input && isFloat(input.dtype));
    for (const value of [...read, ...made]) if (value && isFloat(value.dtype)) expect(value.dtype).toBe('float32');
  }
  for (const leaf of leaves) if (leaf.source.kind === 'input') expect(leaf.dtype).not.toBe('float16');
  expect(nodes.filter(({ op }) => /IsNaN|IsInf/.test(op.onnx))).toEqual([]);
  const products = nodes.filter(({ op, scope }) => /Conv|MatMul|Gemm/.test(op.onnx) && !/loss/.test(scope));
  expect(products.length).toBeGreaterThan(20);
  for (const { outputs: made } of products) expect(made[0]!.dtype).toBe('float16');
});
