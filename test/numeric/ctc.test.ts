import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { reduceMean } from '../../src/graph/ops/index.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { ctcLoss } from '../../src/nn/losses/ctc.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  name: string;
  logits: FixtureTensor;
  lengths: number[];
  targets: number[][];
  losses: FixtureTensor;
  gradient: FixtureTensor;
}

const cases = readTorchFixture<Case[]>('ctc');

async function run(item: Case, spare: { batch: number; frames: number; tokens: number }) {
  const [frames, batch, vocabulary] = item.logits.shape as [number, number, number];
  const sizes = {
    batch: batch + spare.batch,
    frames: frames + spare.frames,
    maxTokens: Math.max(...item.targets.map((target) => target.length)) + spare.tokens,
  };
  const { context, makeFeeds } = createStepContext(sizes, true);
  const logits = context.graph.input('logits', [sizes.frames, sizes.batch, vocabulary]);
  const level = { name: '0', frames: sizes.frames, outputFrames: (count: number) => count };
  const losses = ctcLoss(context, level, logits);
  const [gradient] = gradients(reduceMean(losses, [0]), [logits]);
  const content = new Float32Array(sizes.frames * sizes.batch * vocabulary).fill(3);
  const copy = (t: number, b: number, to: Float32Array, toBatch: number, from: Float32Array, fromBatch: number) => {
    const start = (t * fromBatch + b) * vocabulary;
    to.set(from.subarray(start, start + vocabulary), (t * toBatch + b) * vocabulary);
  };
  for (let t = 0; t < frames; t++) {
    for (let b = 0; b < batch; b++) copy(t, b, content, sizes.batch, item.logits.data, batch);
  }
  const feeds: Record<string, FeedContent> = { logits: content };
  const data = {
    batch,
    frameCounts: Int32Array.from(item.lengths),
    tokens: item.targets.map((target) => Int32Array.from(target)),
  } as Batch;
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  const out = await runGraph({ losses, gradient: gradient! }, feeds);
  const cut = new Float32Array(frames * batch * vocabulary);
  const full = out.gradient.data as Float32Array;
  for (let t = 0; t < frames; t++) for (let b = 0; b < batch; b++) copy(t, b, cut, batch, full, sizes.batch);
  const scale = sizes.batch / batch; // the mean of the test is over the graph's rows
  return {
    losses: (out.losses.data as Float32Array).slice(0, batch),
    gradient: cut.map((value) => value * scale),
    spareLosses: (out.losses.data as Float32Array).slice(batch),
    norm: Math.hypot(...full) * scale,
    cutNorm: Math.hypot(...cut) * scale,
  };
}

test.each(cases.map((item) => [item.name, item] as const))('CTC equals PyTorch in float64: %s', async (name, item) => {
  const result = await run(item, { batch: 0, frames: 0, tokens: 0 });
  for (const [b, expected] of item.losses.data.entries()) {
    expect(Math.abs(result.losses[b]! - expected)).toBeLessThan(2e-6 * Math.max(10, Math.abs(expected)));
  }
  // Log-space sums near 500 keep 3e-5; the normalised posteriors keep more.
  expect(largestDifference(result.gradient, item.gradient.data)).toBeLessThan(name === 'long' ? 1e-4 : 1e-5);
});

test('spare rows, frames and tokens of the graph change nothing', async () => {
  for (const item of cases.slice(0, 5)) {
    const result = await run(item, { batch: 2, frames: 5, tokens: 3 });
    expect(largestDifference(result.losses, item.losses.data)).toBeLessThan(2e-5);
    expect(largestDifference(result.gradient, item.gradient.data)).toBeLessThan(1e-5);
    expect([...result.spareLosses]).toEqual([0, 0].map((zero) => expect.closeTo(zero, 12)));
    // All of the gradient is where the utterances are.
    expect(result.norm).toBeCloseTo(result.cutNorm, 10);
  }
});

test('an utterance that cannot be spelled has no loss and no gradient', async () => {
  const item = cases.find(({ name }) => name === 'infeasible')!;
  const result = await run(item, { batch: 0, frames: 0, tokens: 0 });
  expect([...result.losses].map((loss) => Math.abs(loss) > 0)).toEqual([true, false, false, false]);
  expect(result.gradient.every(Number.isFinite)).toBe(true);
});
