import { describe, expect, test } from 'vitest';
import { modelSchema } from '../shared/config/modelSchema.ts';
import type { Batch } from './batch.ts';
import type { ModelSpec } from './modelSpec.ts';
import { layoutParameters, outputFrames } from './models/index.ts';
import { initializeParameters } from './parameterLayout.ts';
import { buildStepGraph } from './trainingStep.ts';

const config = modelSchema.parse({
  blocks: [
    { channels: 4, pool: [2, 2] },
    { channels: 4, pool: [2, 2] },
  ],
  rnn: { hiddenSize: 6, projection: 5, layers: 2 },
  dropout: 0.3,
});
const spec: ModelSpec = { config, bins: 8, vocabularySize: 5 };
const layout = layoutParameters(spec);

const batch: Batch = {
  features: new Float32Array(2 * 41 * 8).fill(7),
  batch: 2,
  frames: 41,
  bins: 8,
  frameCounts: Int32Array.of(41, 18),
  tokens: [Int32Array.of(1, 2, 2), Int32Array.of(4)],
  ids: ['a', 'b'],
};

describe('feeds of a step graph', () => {
  // One row and some frames more than the batch has.
  const graph = buildStepGraph(spec, layout, { batch: 3, frames: 46, maxTokens: 5 });
  const feeds = graph.feeds(batch, { seed: 3, step: 7 });

  test('every input but the parameters is fed, in its shape', () => {
    for (const { data, shape } of Object.values(feeds)) {
      expect(data.length).toBe(shape.reduce((product, dim) => product * dim, 1));
    }
    expect(feeds.features!.shape).toEqual([3, 1, 48, 8]);
  });

  test('what a batch holds on padding does not enter', () => {
    const features = feeds.features!.data as Float32Array;
    const sumOf = (row: number) => features.subarray(row * 48 * 8, (row + 1) * 48 * 8).reduce((a, b) => a + b, 0);
    expect([0, 1, 2].map(sumOf)).toEqual([41 * 8 * 7, 18 * 8 * 7, 0]);
  });

  test('dropout draws the same for the same key, keeps the share and scales what it keeps', () => {
    const name = 'dropout.rnn.0';
    const mask = feeds[name]!.data as Float32Array;
    const [, rows, width] = feeds[name]!.shape as [number, number, number];
    expect(graph.feeds(batch, { seed: 3, step: 7 })[name]!.data).toEqual(mask);
    expect(graph.feeds(batch, { seed: 3, step: 8 })[name]!.data).not.toEqual(mask);
    expect(graph.feeds(batch, { seed: 4, step: 7 })[name]!.data).not.toEqual(mask);
    expect(feeds['dropout.rnn.1']!.data).not.toEqual(mask);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    const valid = [41, 18, 0].map((frames) => outputFrames(config, frames));
    let kept = 0;
    for (let t = 0; t < mask.length / rows / width; t++) {
      for (let b = 0; b < rows; b++) {
        const row = mask.subarray((t * rows + b) * width, (t * rows + b + 1) * width);
        const count = row.filter((value) => value > 0).length;
        if (t >= valid[b]!) expect(count).toBe(0);
        kept += count;
      }
    }
    // 168 draws: six standard deviations are 0.21.
    expect(Math.abs(kept / (14 * width) - 0.7)).toBeLessThan(0.21);
  });

  test('a batch that does not fit is refused with its sizes', () => {
    const long = { ...batch, tokens: [new Int32Array(6).fill(1), Int32Array.of(1)] };
    expect(() => graph.feeds(long, { seed: 1, step: 1 })).toThrow('2 × 41 frames × 8 bins, 6 tokens');
  });
});

test('initial weights follow from seed and name, within PyTorch bounds', () => {
  const first = initializeParameters(layout, 1);
  expect(initializeParameters(layout, 1)).toEqual(first);
  expect(initializeParameters(layout, 2)).not.toEqual(first);
  for (const { name, initial, offset, size } of layout.entries) {
    const part = first.subarray(offset, offset + size);
    if ('fill' in initial) {
      expect(part.every((value) => value === initial.fill)).toBe(true);
      continue;
    }
    const largest = Math.max(...part.map(Math.abs));
    expect(largest, name).toBeLessThanOrEqual(initial.uniform);
    if (size > 30) expect(largest, name).toBeGreaterThan(0.8 * initial.uniform);
  }
});

test('the layout leaves no gap and decays matrices only', () => {
  let offset = 0;
  for (const entry of layout.entries) {
    expect(entry.offset).toBe(offset);
    expect(entry.weightDecay).toBe(entry.name.endsWith('eight') && !entry.name.includes('norm'));
    offset += entry.size;
  }
  expect(layout.total).toBe(offset);
  expect(layout.buffers.map(({ name }) => name)).toEqual([
    'blocks.0.norm.runningMean',
    'blocks.0.norm.runningVariance',
    'blocks.1.norm.runningMean',
    'blocks.1.norm.runningVariance',
  ]);
});
