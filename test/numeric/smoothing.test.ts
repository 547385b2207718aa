import { expect, test } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import { reduceMean } from '../../src/graph/ops/index.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { crossEntropy } from '../../src/nn/losses/crossEntropy.ts';
import { ctcLoss } from '../../src/nn/losses/ctc.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { type FixtureTensor, largestDifference, readTorchFixture } from './torchFixture.ts';

interface Case {
  smoothing: number;
  lengths?: number[];
  tokens: number[][];
  logits: FixtureTensor;
  losses: FixtureTensor;
  gradient: FixtureTensor;
}

const fixture = readTorchFixture<{ crossEntropy: Case[]; ctc: Case[] }>('smoothing');
const both = (['crossEntropy', 'ctc'] as const).flatMap((kind) =>
  fixture[kind].map((item) => [kind, item.smoothing, item] as const),
);

test.each(both)('%s with smoothing %d equals PyTorch in float64', async (kind, smoothing, item) => {
  const [length, batch] = item.logits.shape as [number, number];
  const maxTokens = Math.max(...item.tokens.map((tokens) => tokens.length));
  const { context, makeFeeds } = createStepContext({ batch, frames: length, maxTokens }, true);
  const logits = context.graph.input('logits', item.logits.shape);
  const level = { name: '0', frames: length, outputFrames: (count: number) => count };
  const losses = kind === 'ctc' ? ctcLoss(context, level, logits, smoothing) : crossEntropy(context, logits, smoothing);
  const [gradient] = gradients(reduceMean(losses, [0]), [logits]);
  const data = {
    batch,
    frameCounts: Int32Array.from(item.lengths ?? item.tokens.map(() => length)),
    tokens: item.tokens.map((tokens) => Int32Array.from(tokens)),
  } as Batch;
  const feeds: Record<string, FeedContent> = { logits: item.logits.data };
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  const out = await runGraph({ losses, gradient: gradient! }, feeds);
  // Losses up to 100 in float32.
  expect(largestDifference(out.losses.data as Float32Array, item.losses.data)).toBeLessThan(3e-5);
  expect(largestDifference(out.gradient.data as Float32Array, item.gradient.data)).toBeLessThan(3e-6);
});
