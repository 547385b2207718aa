import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { layerNormalization, mul, reduceSum, reshape } from '../../src/graph/ops/index.ts';
import type { Graph, Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { depthwiseConvolution } from '../../src/nn/layers/depthwiseConvolution.ts';
import { rotaryTables } from '../../src/nn/layers/rotary.ts';
import { type AttentionTensors, selfAttention } from '../../src/nn/layers/selfAttention.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { halvedLevel, subsampling } from '../../src/nn/layers/subsampling.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Fixture {
  depthwise: Record<'x' | 'weight' | 'y' | 'seedGradient' | 'dx' | 'dWeight', FixtureTensor>[];
  attention: {
    heads: number;
    positions: 'rotary' | 'none';
    lengths: number[];
    x: FixtureTensor;
    y: FixtureTensor;
    seedGradient: FixtureTensor;
    dx: FixtureTensor;
    parameters: FixtureTensor[];
    gradients: FixtureTensor[];
  }[];
  layerNorm: Record<'x' | 'gain' | 'bias' | 'y' | 'seedGradient' | 'dx' | 'dGain' | 'dBias', FixtureTensor>;
  subsampling: {
    lengths: number[];
    left: number[];
    times: number;
    x: FixtureTensor;
    y: FixtureTensor;
    seedGradient: FixtureTensor;
    parameters: FixtureTensor[];
    gradients: FixtureTensor[];
  }[];
}

const fixture = readTorchFixture<Fixture>('conformerLayers');

/** Output and gradients of `build` for a seed gradient, by position; `feedsOf` fills what `build` declares itself. */
async function check(
  graph: Graph,
  inputs: readonly FixtureTensor[],
  seed: FixtureTensor,
  build: (values: Value[]) => Value,
  expected: { y: FixtureTensor; gradients: readonly (FixtureTensor | undefined)[] },
  feedsOf: () => Record<string, FeedContent> = () => ({}),
): Promise<void> {
  const own: Record<string, FeedContent> = { seed: seed.data };
  const values = inputs.map(({ shape, data }, i) => {
    own[`x${i}`] = data;
    return graph.input(`x${i}`, shape);
  });
  const y = reshape(build(values), expected.y.shape);
  const loss = reduceSum(
    mul(y, graph.input('seed', seed.shape)),
    seed.shape.map((_, axis) => axis),
  );
  const named = Object.fromEntries(gradients(loss, values).map((value, i) => [`d${i}`, value]));
  const out = await runGraph({ y, ...named } as Record<string, Value>, { ...own, ...feedsOf() });
  closeTo(out.y!.data as Float32Array, expected.y);
  for (const [i, gradient] of expected.gradients.entries()) {
    if (gradient) closeTo(out[`d${i}`]!.data as Float32Array, gradient);
  }
}

/** float32 sums of up to a few hundred terms, against the largest number of the tensor. */
function closeTo(actual: Float32Array, { data }: FixtureTensor): void {
  const largest = data.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
  expect(largestDifference(actual, data)).toBeLessThan(2e-6 * largest);
}

test.each(
  fixture.depthwise.map((item) => [`${item.x.shape[2]} frames, kernel ${item.weight.shape[1]}`, item] as const),
)('depthwise convolution in chunks equals a convolution in groups (%s)', async (_, item) => {
  const { x, weight, y, seedGradient, dx, dWeight } = item;
  const build = ([a, b]: Value[]) => depthwiseConvolution(a!, b!);
  await check(createGraph(), [x, weight], seedGradient, build, { y, gradients: [dx, dWeight] });
});

test('layer normalization equals nn.LayerNorm, far from zero and for tiny rows too', async () => {
  const { x, gain, bias, y, seedGradient, dx, dGain, dBias } = fixture.layerNorm;
  const build = ([a, b, c]: Value[]) => layerNormalization(a!, b!, c!)[0]!;
  const expected = { y, gradients: [undefined, dGain, dBias] };
  const rows = x.shape[0]!;
  await check(createGraph(), [x, gain, bias], seedGradient, build, expected);
  const graph = createGraph();
  const values = [x, gain, bias].map(({ shape }, i) => graph.input(`x${i}`, shape));
  const seed = graph.input('seed', seedGradient.shape);
  const [gradient] = gradients(reduceSum(mul(build(values), seed), [0, 1]), [values[0]!]);
  const feeds = { x0: x.data, x1: gain.data, x2: bias.data, seed: seedGradient.data };
  const out = await runGraph({ gradient: gradient! }, feeds);
  const width = x.shape[1]!;
  for (let row = 0; row < rows; row++) {
    // The second row stands at 100 ± 10: its differences to the mean keep 1e-5 of themselves.
    const part = (data: Float32Array) => data.subarray(row * width, (row + 1) * width);
    const largest = part(dx.data).reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    expect(largestDifference(part(out.gradient.data as Float32Array), part(dx.data))).toBeLessThan(2e-5 * largest);
  }
});

function attentionOf(parts: { weight: Value; bias: Value }[]): AttentionTensors {
  const [query, key, value, output] = parts as [Part, Part, Part, Part];
  return {
    queryWeight: query.weight,
    queryBias: query.bias,
    keyWeight: key.weight,
    keyBias: key.bias,
    valueWeight: value.weight,
    valueBias: value.bias,
    outputWeight: output.weight,
    outputBias: output.bias,
  };
}
type Part = { weight: Value; bias: Value };

test.each(fixture.attention.map((item) => [`${item.heads} heads, positions ${item.positions}`, item] as const))(
  'self-attention looks at valid frames only, as masked attention in PyTorch (%s)',
  async (_, item) => {
    const [batch, frames, width] = item.x.shape as [number, number, number];
    const graph = createGraph();
    const { heads } = item;
    const size = width / heads;
    const keys = rotaryTables(graph, frames, heads, size);
    const queries = rotaryTables(graph, frames, heads, size, 1 / Math.sqrt(size));
    const offsets = item.lengths.flatMap((length) => Array.from({ length: frames }, (_, t) => (t < length ? 0 : -1e4)));
    const keyOffset = graph.input('offsets', [batch, 1, 1, frames]);
    const plan = { batch, frames, heads, size, keyOffset };
    const build = ([x, ...t]: Value[]) => {
      const at = (i: number) => ({ weight: t[2 * i]!, bias: t[2 * i + 1]! });
      const tensors = attentionOf([0, 1, 2, 3].map(at));
      const withPositions = item.positions === 'rotary' ? { ...plan, rotary: { queries, keys } } : plan;
      const y = reshape(selfAttention(withPositions, reshape(x!, [-1, width]), tensors), [batch, frames, width]);
      return mul(y, graph.input('valid', [batch, frames, 1]));
    };
    const feedsOf = () => ({ offsets, valid: offsets.map((offset) => (offset === 0 ? 1 : 0)) });
    const { x, parameters, seedGradient, y, dx, gradients: expected } = item;
    await check(graph, [x, ...parameters], seedGradient, build, { y, gradients: [dx, ...expected] }, feedsOf);
  },
);

test.each(fixture.subsampling.map((item) => [`${item.times} halvings, ${item.x.shape[3]} bins`, item] as const))(
  'subsampling keeps whole pairs of frames, as strided convolutions in PyTorch (%s)',
  async (_, item) => {
    const [batch, , frames] = item.x.shape as [number, number, number, number];
    const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, true);
    const level = halvedLevel(item.times, frames);
    expect(item.lengths.map(level.outputFrames)).toEqual(item.left);
    const build = ([x, ...parameters]: Value[]) => {
      const convolutions = Array.from({ length: item.times }, (_, i) => ({
        weight: parameters[2 * i]!,
        bias: parameters[2 * i + 1]!,
      }));
      const [weight, bias] = parameters.slice(-2) as [Value, Value];
      return subsampling(context, x!, { convolutions, weight, bias });
    };
    const data = { batch, frameCounts: Int32Array.from(item.lengths) } as Batch;
    const feedsOf = () => {
      const feeds = Object.entries(makeFeeds(data, { seed: 0, step: 0 }));
      return Object.fromEntries(feeds.map(([name, feed]) => [name, feed.data]));
    };
    const { parameters: given, seedGradient, y, gradients: expected } = item;
    const results = { y, gradients: [undefined, ...expected] };
    await check(context.graph, [item.x, ...given], seedGradient, build, results, feedsOf);
  },
);
