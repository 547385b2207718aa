import { expect, test } from 'vitest';
import type { Batch } from '../batch.ts';
import { createDropoutPool } from './dropoutPool.ts';
import { createStepContext } from './stepContext.ts';

const batch = { batch: 1, frameCounts: Int32Array.of(1) } as Batch;
const sizes = { batch: 1, frames: 1, maxTokens: 1 };

test('the pool keeps the share, scales what it keeps, and follows from seed and step alone', () => {
  const { context, makeFeeds } = createStepContext(sizes, true);
  createDropoutPool(context, 0.25, 10_000);
  const draw = (seed: number, step: number) => makeFeeds(batch, { seed, step }).dropoutPool!.data as Float32Array;
  const pool = draw(3, 7);
  expect(draw(3, 7)).toEqual(pool);
  expect(draw(3, 8)).not.toEqual(pool);
  expect(draw(4, 7)).not.toEqual(pool);
  expect(new Set(pool)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  const share = pool.filter((value) => value > 0).length / pool.length;
  expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt(0.1875 / pool.length));
});

test('masks are windows of the pool at offsets of their own, never beyond its end', () => {
  const { context } = createStepContext(sizes, true);
  const pool = createDropoutPool(context, 0.25, 10_000);
  const size = context.graph.inputs[0]!.shape[0] as number;
  const starts = Array.from({ length: 700 }, () => {
    const mask = pool.mask([100, 100])!;
    const reshaped = mask.source.kind === 'node' ? mask.source.node.inputs[0]! : mask;
    const bounds = reshaped.source.kind === 'node' ? reshaped.source.node.inputs : [];
    const [start, end] = bounds.slice(1, 3).map((bound) => {
      const { source } = bound!;
      return source.kind === 'constant' ? Number(source.data[0]) : Number.NaN;
    });
    expect(end! - start!).toBe(10_000);
    expect(end!).toBeLessThanOrEqual(size);
    return start!;
  });
  expect(new Set(starts).size).toBe(700);
});

test('nothing is dropped at rate 0 or in evaluation', () => {
  expect(createDropoutPool(createStepContext(sizes, true).context, 0, 4).mask([4])).toBeUndefined();
  expect(createDropoutPool(createStepContext(sizes, false).context, 0.5, 4).mask([4])).toBeUndefined();
});
