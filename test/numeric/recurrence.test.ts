import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { mul, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { dropoutAndMask } from '../../src/nn/layers/dropout.ts';
import { gru } from '../../src/nn/layers/gru.ts';
import { lstm } from '../../src/nn/layers/lstm.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  bidirectional: boolean;
  lengths: number[];
  x: FixtureTensor;
  y: FixtureTensor;
  seedGradient: FixtureTensor;
  dx: FixtureTensor;
  parameters: FixtureTensor[][];
  gradients: FixtureTensor[][];
}

const layers = { lstm, gru } as const;

const cases = [
  ...readTorchFixture<Case[]>('lstm').map((item) => ['lstm', item] as const),
  ...readTorchFixture<{ cases: Case[] }>('gru').cases.map((item) => ['gru', item] as const),
].map(([cell, item]) => [cell, item.bidirectional ? 'both directions' : 'one direction', item] as const);

test.each(cases)('two layers train as PyTorch on packed sequences (%s, %s)', async (cell, _, item) => {
  const [frames, batch] = item.x.shape as [number, number];
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, true);
  const { graph } = context;
  const level = { name: '0', frames, outputFrames: (count: number) => count };
  const feeds: Record<string, FeedContent> = { x: item.x.data, seed: item.seedGradient.data };
  const x = graph.input('x', item.x.shape);
  const seed = graph.input('seed', item.y.shape);
  const wrt: Value[] = [x];
  let y = x;
  for (const [layer, tensors] of item.parameters.entries()) {
    const values = tensors.map((tensor, i) => {
      feeds[`p${layer}.${i}`] = tensor.data;
      return graph.input(`p${layer}.${i}`, tensor.shape);
    });
    wrt.push(...values);
    const [inputWeight, recurrentWeight, inputBias, recurrentBias] = values as [Value, Value, Value, Value];
    y = layers[cell](context, level, y, { inputWeight, recurrentWeight, inputBias, recurrentBias });
    y = dropoutAndMask(context, `${layer}`, level, y, 0);
  }
  const data = { batch, frameCounts: Int32Array.from(item.lengths) } as Batch;
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  const grads = gradients(reduceSum(mul(y, seed), [0, 1, 2]), wrt);
  const outputs: Record<string, Value> = { y };
  for (const [i, grad] of grads.entries()) outputs[`d${i}`] = grad;
  const out = await runGraph(outputs, feeds);
  // float32, values below 1, sums of up to 21 terms.
  expect(largestDifference(out.y!.data as Float32Array, item.y.data)).toBeLessThan(2e-6);
  const expected = [item.dx, ...item.gradients.flat()];
  for (const [i, tensor] of expected.entries()) {
    expect(largestDifference(out[`d${i}`]!.data as Float32Array, tensor.data)).toBeLessThan(5e-6);
  }
});
