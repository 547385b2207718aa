import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { mul, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import type { ConvBlockTensors } from '../../src/nn/layers/convBlock.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { vggBlock } from '../../src/nn/layers/vggBlock.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture, withFrames } from './torchFixture.ts';

interface Case {
  norm: 'none' | 'batch' | 'layer';
  pool: [number, number];
  convolutions: number;
  residual: boolean;
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

/** Parameters as the fixture lists them: of each convolution, then the shortcut's filters. */
function tensorsOf(item: Case, parameters: readonly Value[], running: readonly Value[]) {
  const perConvolution = item.norm === 'none' ? 2 : 3;
  const convolutions = Array.from({ length: item.convolutions }, (_, i): ConvBlockTensors => {
    const [weight, second, third] = parameters.slice(i * perConvolution) as [Value, Value, Value];
    if (item.norm === 'none') return { weight, bias: second };
    const affine = { weight, norm: { weight: second, bias: third } };
    if (item.norm === 'layer') return affine;
    return { ...affine, running: { mean: running[2 * i]!, variance: running[2 * i + 1]! } };
  });
  const shortcut = parameters[item.convolutions * perConvolution];
  return { convolutions, ...(shortcut ? { shortcut } : {}) };
}

function build(item: Case, frames: number, training: boolean) {
  const [batch, channels, , width] = item.x.shape as [number, number, number, number];
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, training);
  const { graph } = context;
  const feeds: Record<string, FeedContent> = { x: withFrames(item.x, frames).data };
  const inputs = (name: string, tensors: readonly FixtureTensor[]) =>
    tensors.map((tensor, i) => {
      feeds[`${name}${i}`] = tensor.data;
      return graph.input(`${name}${i}`, tensor.shape);
    });
  const x = graph.input('x', [batch, channels, frames, width]);
  const parameters = inputs('parameter', item.parameters);
  const pooled = (count: number) => Math.floor(count / item.pool[0]);
  const levels = {
    input: { name: '0', frames, outputFrames: (count: number) => count },
    output: { name: '1', frames: pooled(frames), outputFrames: pooled },
  };
  const tensors = tensorsOf(item, parameters, inputs('running', item.buffersBefore));
  const result = vggBlock(context, item, x, tensors, levels);
  const data = { batch, frameCounts: Int32Array.from(item.lengths) } as Batch;
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  return { graph, x, parameters, result, feeds, outFrames: pooled(frames) };
}

// 13 frames do not divide by the pool, which takes another path than 14; the longest utterance has 13.
const variants = readTorchFixture<{ cases: Case[] }>('residualBlock').cases.flatMap((item) =>
  [13, 14].map((frames) => {
    const { norm, convolutions, residual, pool, x } = item;
    const kind = `${convolutions} convolutions, ${residual ? 'residual, ' : ''}norm ${norm}`;
    return [`${kind}, pool ${pool.join('×')}, ${x.shape[1]} channels, ${frames} frames`, frames, item] as const;
  }),
);

test.each(variants)('a VGG block trains as in PyTorch (%s)', async (_, frames, item) => {
  const { graph, x, parameters, result, feeds, outFrames } = build(item, frames, true);
  const y = withFrames(item.y, outFrames);
  const seed = graph.input('seed', y.shape);
  feeds.seed = withFrames(item.seedGradient, outFrames).data;
  const [dx, ...dParameters] = gradients(reduceSum(mul(result.output, seed), [0, 1, 2, 3]), [x, ...parameters]);
  const outputs: Record<string, Value> = { y: result.output, dx: dx! };
  for (const [i, value] of dParameters.entries()) outputs[`d${i}`] = value;
  const running = result.running.flatMap((values) => (values ? [values.mean, values.variance] : []));
  for (const [i, value] of running.entries()) outputs[`running${i}After`] = value;
  const out = await runGraph(outputs, feeds);
  const data = (name: string) => out[name]!.data as Float32Array;
  // float32 through two convolutions and norms, sums of up to 390 terms of magnitude 1.
  expect(largestDifference(data('y'), y.data)).toBeLessThan(2e-5);
  const dxShape = { shape: [...item.x.shape.slice(0, 2), frames, item.x.shape[3]!], data: data('dx') };
  expect(largestDifference(withFrames(dxShape, 13).data, item.dx.data)).toBeLessThan(1e-4);
  for (const [i, expected] of item.gradients.entries()) {
    expect(largestDifference(data(`d${i}`), expected.data)).toBeLessThan(3e-4);
  }
  expect(running).toHaveLength(item.buffersAfter.length);
  for (const [i, expected] of item.buffersAfter.entries()) {
    expect(largestDifference(data(`running${i}After`), expected.data)).toBeLessThan(1e-5);
  }
});

test.each(variants)('a VGG block evaluates with running statistics (%s)', async (_, frames, item) => {
  const { result, feeds, outFrames } = build(item, frames, false);
  const out = await runGraph({ y: result.output }, feeds);
  const expected = withFrames(item.evaluated, outFrames).data;
  expect(largestDifference(out.y.data as Float32Array, expected)).toBeLessThan(2e-5);
});
