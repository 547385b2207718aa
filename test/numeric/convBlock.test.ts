import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { mul, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { convBlock } from '../../src/nn/layers/convBlock.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  norm: 'none' | 'batch' | 'layer';
  pool: [number, number];
  lengths: number[];
  x: FixtureTensor;
  parameters: FixtureTensor[];
  buffersBefore: FixtureTensor[];
  buffersAfter: FixtureTensor[];
  y: FixtureTensor;
  evaluated: FixtureTensor;
  seedGradient: FixtureTensor;
  dx: FixtureTensor;
  gradients: FixtureTensor[];
}

const cases = readTorchFixture<Case[]>('convBlock');

function build(item: Case, training: boolean) {
  const [batch, channels, frames, width] = item.x.shape as [number, number, number, number];
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, training);
  const { graph } = context;
  const x = graph.input('x', [batch, channels, frames, width]);
  const names = item.norm === 'none' ? ['weight', 'bias'] : ['weight', 'gain', 'shift'];
  const parameters = names.map((name, i) => graph.input(name, item.parameters[i]!.shape));
  const running = item.buffersBefore.map((buffer, i) => graph.input(`running${i}`, buffer.shape));
  const [weight, second, third] = parameters;
  const tensors =
    item.norm === 'none'
      ? { weight: weight!, bias: second! }
      : { weight: weight!, norm: { weight: second!, bias: third! } };
  const levels = {
    input: { name: '0', frames, outputFrames: (count: number) => count },
    output: {
      name: '1',
      frames: Math.floor(frames / item.pool[0]),
      outputFrames: (count: number) => Math.floor(count / item.pool[0]),
    },
  };
  const withRunning =
    running.length > 0 ? { ...tensors, running: { mean: running[0]!, variance: running[1]! } } : tensors;
  const result = convBlock(context, item, x, withRunning, levels);
  const data = { batch, frameCounts: Int32Array.from(item.lengths) } as Batch;
  const feeds: Record<string, FeedContent> = { x: item.x.data };
  for (const [i, name] of names.entries()) feeds[name] = item.parameters[i]!.data;
  for (const [i, buffer] of item.buffersBefore.entries()) feeds[`running${i}`] = buffer.data;
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  return { graph, x, parameters, result, feeds };
}

test.each(cases.map((item, index) => [`${index}: norm ${item.norm}, pool ${item.pool.join('×')}`, item] as const))(
  'a conv block trains as in PyTorch (%s)',
  async (_, item) => {
    const { graph, x, parameters, result, feeds } = build(item, true);
    const seed = graph.input('seed', item.y.shape);
    feeds.seed = item.seedGradient.data;
    const [dx, ...dParameters] = gradients(reduceSum(mul(result.output, seed), [0, 1, 2, 3]), [x, ...parameters]);
    const named = Object.fromEntries(dParameters.map((value, i) => [`d${i}`, value]));
    const running = result.running ? { mean: result.running.mean, variance: result.running.variance } : {};
    const outputs: Record<string, Value> = { y: result.output, dx: dx!, ...named, ...running };
    const out = await runGraph(outputs, feeds);
    // float32 sums of up to 390 terms of magnitude 1.
    expect(largestDifference(out.y!.data as Float32Array, item.y.data)).toBeLessThan(1e-5);
    expect(largestDifference(out.dx!.data as Float32Array, item.dx.data)).toBeLessThan(3e-5);
    for (const [i, expected] of item.gradients.entries()) {
      expect(largestDifference(out[`d${i}`]!.data as Float32Array, expected.data)).toBeLessThan(1e-4);
    }
    for (const [i, name] of ['mean', 'variance'].entries()) {
      if (item.buffersAfter[i]) {
        expect(largestDifference(out[name]!.data as Float32Array, item.buffersAfter[i].data)).toBeLessThan(1e-5);
      }
    }
  },
);

test.each(cases.map((item, index) => [`${index}: norm ${item.norm}`, item] as const))(
  'a conv block evaluates with running statistics (%s)',
  async (_, item) => {
    const { result, feeds } = build(item, false);
    const out = await runGraph({ y: result.output }, feeds);
    expect(largestDifference(out.y.data as Float32Array, item.evaluated.data)).toBeLessThan(1e-5);
  },
);
