import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { mul, reduceSum } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { attentionDecoder, layoutDecoder } from '../../src/nn/layers/attentionDecoder.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { crossEntropy } from '../../src/nn/losses/crossEntropy.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { createLayout } from '../../src/nn/parameterLayout.ts';
import { modelSchema } from '../../src/shared/config/modelSchema.ts';
import { gradientDeviation } from './gradientCheck.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  sizes: Record<'vocabulary' | 'width' | 'hidden' | 'embedding' | 'attention' | 'channels' | 'kernel', number> & {
    lengths: number[];
    tokens: number[][];
  };
  encoded: FixtureTensor;
  logits: FixtureTensor;
  seedGradient: FixtureTensor;
  dEncoded: FixtureTensor;
  parameters: FixtureTensor[];
  gradients: FixtureTensor[];
}

const { cases } = readTorchFixture<{ cases: Case[] }>('attention');

/** [first, batch, width] inside zeros of a larger first axis and batch. */
function widened({ shape, data }: FixtureTensor, first: number, batch: number): Float32Array {
  const [length, rows, width] = shape as [number, number, number];
  const result = new Float32Array(first * batch * width);
  for (let i = 0; i < length; i++)
    for (let b = 0; b < rows; b++)
      result.set(data.subarray((i * rows + b) * width, (i * rows + b + 1) * width), (i * batch + b) * width);
  return result;
}

function build(item: Case, spare: { batch: number; frames: number; tokens: number }) {
  const { sizes } = item;
  const frames = item.encoded.shape[0]! + spare.frames;
  const batch = sizes.lengths.length + spare.batch;
  const maxTokens = item.logits.shape[0]! - 1 + spare.tokens;
  const config = modelSchema.parse({
    dropout: 0,
    attention: {
      enabled: true,
      hiddenSize: sizes.hidden,
      embeddingSize: sizes.embedding,
      attentionSize: sizes.attention,
      locationChannels: sizes.channels,
      locationKernel: sizes.kernel,
    },
  });
  const spec: ModelSpec = { config, bins: 1, vocabularySize: sizes.vocabulary };
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens }, true);
  const { graph } = context;
  const builder = createLayout();
  layoutDecoder(builder, spec, sizes.width);
  const { entries } = builder.layout;
  expect(entries.map(({ shape }) => shape)).toEqual(item.parameters.map(({ shape }) => shape));
  const parameters = new Map(entries.map(({ name, shape }) => [name, graph.input(name, shape)] as const));
  const encoded = graph.input('encoded', [frames, batch, sizes.width]);
  const level = { name: '0', frames, outputFrames: (count: number) => count };
  const logits = attentionDecoder(context, spec, (name) => parameters.get(name)!, { encoded, level });
  const feeds: Record<string, FeedContent> = { encoded: widened(item.encoded, frames, batch) };
  for (const [i, { name }] of entries.entries()) feeds[name] = item.parameters[i]!.data;
  const data = {
    batch: sizes.lengths.length,
    frameCounts: Int32Array.from(sizes.lengths),
    tokens: sizes.tokens.map((tokens) => Int32Array.from(tokens)),
  } as Batch;
  const hostFeeds = (): Record<string, FeedContent> => {
    const made = Object.entries(makeFeeds(data, { seed: 0, step: 0 }));
    return Object.fromEntries(made.map(([name, feed]) => [name, feed.data]));
  };
  const wrt = [encoded, ...parameters.values()];
  return { context, wrt, logits, feeds, hostFeeds, sizes: { frames, batch, steps: maxTokens + 1 } };
}

async function run(item: Case, spare: { batch: number; frames: number; tokens: number }) {
  const { context, wrt, logits, feeds, hostFeeds, sizes } = build(item, spare);
  const seed = context.graph.input('seed', logits.shape);
  const grads = gradients(reduceSum(mul(logits, seed), [0, 1, 2]), wrt);
  feeds.seed = widened(item.seedGradient, sizes.steps, sizes.batch);
  const outputs: Record<string, Value> = { logits };
  for (const [i, grad] of grads.entries()) outputs[`d${i}`] = grad;
  const out = await runGraph(outputs, { ...feeds, ...hostFeeds() });
  return { out: (name: string) => out[name]!.data as Float32Array, ...sizes };
}

const spares = [
  { batch: 0, frames: 0, tokens: 0 },
  { batch: 2, frames: 4, tokens: 3 },
];
const variants = cases.flatMap((item, n) =>
  spares.map((spare) => [`case ${n}, ${spare.frames > 0 ? 'with' : 'without'} room to spare`, item, spare] as const),
);

test.each(variants)(
  'the attention decoder trains as PyTorch does utterance by utterance (%s)',
  async (_, item, spare) => {
    const { out, frames, batch, steps } = await run(item, spare);
    // Beyond an utterance's last token the logits mean nothing; the loss ignores them.
    const counted = widened({ ...item.logits, data: item.logits.data.map(() => 1) }, steps, batch);
    for (let u = 0; u < steps; u++)
      for (let b = 0; b < batch; b++)
        if (u > (item.sizes.tokens[b]?.length ?? -1))
          counted.fill(0, (u * batch + b) * item.sizes.vocabulary, (u * batch + b + 1) * item.sizes.vocabulary);
    const logits = out('logits').map((value, i) => value * counted[i]!);
    // float32, values below 10, five recurrent steps.
    expect(largestDifference(logits, widened(item.logits, steps, batch))).toBeLessThan(5e-6);
    expect(largestDifference(out('d0'), widened(item.dEncoded, frames, batch))).toBeLessThan(1e-5);
    for (const [i, expected] of item.gradients.entries())
      expect(largestDifference(out(`d${i + 1}`), expected.data), `parameter ${i}`).toBeLessThan(2e-5);
  },
);

test('the gradients of decoder and cross-entropy together are those of central differences', async () => {
  const { context, wrt, logits, feeds, hostFeeds } = build(cases[0]!, spares[1]!);
  const losses = crossEntropy(context, logits, 0.1);
  const numbers = Object.entries({ ...feeds, ...hostFeeds() }).map(
    ([name, content]) => [name, Array.from(content as ArrayLike<number>, Number)] as const,
  );
  // Differences of float32 losses near 10 over many recurrent steps; a wrong rule is off by 1e-1 and more.
  expect(await gradientDeviation({ outputs: [losses], wrt, feeds: Object.fromEntries(numbers) })).toBeLessThan(2e-3);
});
