import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { mul, reduceSum, reshape } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { conformerBlock } from '../../src/nn/layers/conformerBlock.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { layoutConformer } from '../../src/nn/models/conformer.ts';
import { conformerBlockTensors } from '../../src/nn/models/conformerTensors.ts';
import { conformerPlan } from '../../src/nn/models/conformerTraining.ts';
import { modelSchema } from '../../src/shared/config/modelSchema.ts';
import type { ModelConfig } from '../../src/shared/config/schema.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  norm: ModelConfig['norm'];
  positions: 'rotary' | 'none';
  heads: number;
  kernel: number;
  factor: number;
  lengths: number[];
  x: FixtureTensor;
  y: FixtureTensor;
  evaluated: FixtureTensor;
  seedGradient: FixtureTensor;
  dx: FixtureTensor;
  parameters: FixtureTensor[];
  gradients: FixtureTensor[];
  buffersBefore: FixtureTensor[];
  buffersAfter: FixtureTensor[];
}

/** `frames` may be more than the fixture has. */
function build(item: Case, frames: number, training: boolean) {
  const [batch, , width] = item.x.shape as [number, number, number];
  const { heads, kernel: kernelSize, factor: feedForwardFactor, positions } = item;
  const conformer = { dimension: width, layers: 1, heads, kernelSize, feedForwardFactor, positions };
  const config = modelSchema.parse({ type: 'conformer', norm: item.norm, dropout: 0, conformer });
  const layout = layoutConformer({ config, bins: 1, vocabularySize: 2 });
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, training);
  const { graph } = context;
  const inBlock = ({ name }: { name: string }) => name.startsWith('layers.0.');
  const values = new Map<string, Value>();
  const feeds: Record<string, FeedContent> = { x: withFrames(item.x, frames, 7) };
  const declare = (entries: readonly { name: string; shape: number[] }[], contents: FixtureTensor[]) => {
    expect(entries.map(({ shape }) => shape)).toEqual(contents.map(({ shape }) => shape));
    for (const [i, { name, shape }] of entries.entries()) {
      values.set(name, graph.input(name, shape));
      feeds[name] = contents[i]!.data;
    }
    return entries.map(({ name }) => values.get(name)!);
  };
  const parameters = declare(layout.entries.filter(inBlock), item.parameters);
  declare(layout.buffers.filter(inBlock), item.buffersBefore);
  const x = graph.input('x', [batch, frames, width]);
  const level = { name: '0', frames, outputFrames: (count: number) => count };
  const plan = conformerPlan(context, config, level);
  const tensors = conformerBlockTensors('layers.0', item.norm, (name) => values.get(name)!);
  const { output, running } = conformerBlock(plan, reshape(x, [-1, width]), tensors);
  const y = mul(reshape(output, [batch, frames, width]), reshape(plan.mask, [batch, frames, 1]));
  const data = { batch, frameCounts: Int32Array.from(item.lengths) } as Batch;
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  return { graph, x, y, parameters, running, feeds };
}

/** [batch, frames, width] with more frames, filled with a number. */
function withFrames({ shape, data }: FixtureTensor, frames: number, fill: number): Float32Array {
  const [batch, before, width] = shape as [number, number, number];
  const result = new Float32Array(batch * frames * width).fill(fill);
  for (let b = 0; b < batch; b++) {
    result.set(data.subarray(b * before * width, (b + 1) * before * width), b * frames * width);
  }
  return result;
}

const variants = readTorchFixture<{ cases: Case[] }>('conformerBlock').cases.flatMap((item) =>
  [item.x.shape[1]!, 37].map((frames) => [`norm ${item.norm}, ${frames} frames`, frames, item] as const),
);

test.each(variants)('a conformer block trains as in PyTorch (%s)', async (_, frames, item) => {
  const { graph, x, y, parameters, running, feeds } = build(item, frames, true);
  const seed = graph.input('seed', [item.x.shape[0]!, frames, item.x.shape[2]!]);
  feeds.seed = withFrames(item.seedGradient, frames, 0);
  const [dx, ...dParameters] = gradients(reduceSum(mul(y, seed), [0, 1, 2]), [x, ...parameters]);
  const outputs: Record<string, Value> = { y, dx: dx!, ...running };
  for (const [i, value] of dParameters.entries()) outputs[`d${i}`] = value;
  const out = await runGraph(outputs, feeds);
  const data = (name: string) => out[name]!.data as Float32Array;
  // float32 through a dozen layers, values of magnitude 1 to 10.
  expect(largestDifference(data('y'), withFrames(item.y, frames, 0))).toBeLessThan(5e-6);
  expect(largestDifference(data('dx'), withFrames(item.dx, frames, 0))).toBeLessThan(2e-5);
  for (const [i, { data: expected }] of item.gradients.entries()) {
    const largest = expected.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
    expect(largestDifference(data(`d${i}`), expected), `parameter ${i}`).toBeLessThan(5e-6 * largest);
  }
  expect(item.buffersAfter.length).toBe(item.norm === 'batch' ? 2 : 0);
  for (const [i, { data: expected }] of item.buffersAfter.entries()) {
    expect(largestDifference(data(['mean', 'variance'][i]!), expected)).toBeLessThan(2e-6);
  }
});

test.each(variants)('a conformer block evaluates with running statistics (%s)', async (_, frames, item) => {
  const { y, feeds } = build(item, frames, false);
  const out = await runGraph({ y }, feeds);
  expect(largestDifference(out.y.data as Float32Array, withFrames(item.evaluated, frames, 0))).toBeLessThan(5e-6);
});
