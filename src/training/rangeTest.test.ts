import { describe, expect, it } from 'vitest';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { Executor, StepResult, TrainingBatch } from './executor.ts';
import { analyzeRates, type RangePoint, sweepRates } from './rangeTest.ts';

/** A loss that falls fastest at 1e-3, is lowest near 1e-2 and explodes from 1e-1 on. */
const lossAt = (rate: number) => 3 - 2 / (1 + (1e-3 / rate) ** 2) + 0.05 * (rate / 1e-2) ** 2 * (rate > 1e-2 ? 1 : 0);
const rates = Array.from({ length: 121 }, (_, i) => 1e-6 * 10 ** (i / 20));
const points = rates.map((learningRate): RangePoint => ({ learningRate, loss: lossAt(learningRate) }));

describe('analyzeRates', () => {
  it('finds the steepest fall, the lowest point and the divergence', () => {
    const { steepest, lowest, diverges, suggested } = analyzeRates(points);
    // Within the smoothing: a quarter of a decade.
    expect(Math.abs(Math.log10(steepest! / 1e-3))).toBeLessThan(0.25);
    expect(Math.abs(Math.log10(lowest! / 1e-2))).toBeLessThan(0.4);
    expect(diverges).toBeGreaterThan(3e-2);
    expect(diverges).toBeLessThan(1e-1);
    expect(suggested).toBe(steepest);
  });

  it('is not decided by single batches', () => {
    const noisy = points.map((point, i) => ({ ...point, loss: point.loss! + 0.1 * Math.sin(i * 2.3) }));
    expect(Math.abs(Math.log10(analyzeRates(noisy).steepest! / 1e-3))).toBeLessThan(0.4);
  });

  it('takes a loss that is not finite as divergence, and keeps away from it', () => {
    const cut = points.map((point) => (point.learningRate > 1.5e-3 ? { ...point, loss: null } : point));
    const { diverges, suggested } = analyzeRates(cut);
    expect(diverges).toBeCloseTo(1.58e-3, 5);
    expect(suggested).toBeCloseTo(diverges! / 3, 9);
  });

  it('has nothing to suggest when the loss never falls', () => {
    const rising = points.map((point, i) => ({ ...point, loss: 1 + i }));
    expect(analyzeRates(rising)).toMatchObject({ steepest: null, lowest: null, suggested: null });
    expect(analyzeRates([])).toMatchObject({ suggested: null, points: [] });
  });
});

describe('sweepRates', () => {
  const shape = { rows: 2, frames: 4, maxTokens: 2 };
  const batch: TrainingBatch = {
    features: new Float32Array(8),
    batch: 2,
    frames: 4,
    bins: 1,
    frameCounts: Int32Array.of(4, 4),
    tokens: [Int32Array.of(1, 2), Int32Array.of(1)],
    ids: ['a', 'b'],
    shape,
  };
  async function* endless(): AsyncGenerator<LoadedBatch> {
    for (let index = 0; ; index++)
      yield { index, batch, examples: [], audioSec: 1, paddingShare: 0, featureMs: 0, queue: 0 };
  }
  const sweep = async (accumulate: number, loss: (rate: number) => number, limit = Number.POSITIVE_INFINITY) => {
    const counts: number[] = [];
    const step: Executor['step'] = async (batches, { learningRate }): Promise<StepResult> => {
      counts.push(batches.length);
      const value = loss(learningRate);
      return { loss: value, utteranceLosses: new Float32Array(2), gradientNorm: 1, updated: Number.isFinite(value) };
    };
    const rules = { min: 1e-4, max: 1, steps: 9, accumulate, seed: 1 };
    const stopped = () => counts.length >= limit;
    const found = await sweepRates({ step } as Executor, endless(), rules, stopped, () => undefined);
    return { found, counts };
  };

  it('raises the rate by equal factors and measures the loss per token', async () => {
    const { found, counts } = await sweep(2, () => 6);
    expect(counts).toEqual(Array(9).fill(2));
    expect(found[0]).toEqual({ learningRate: 1e-4, loss: 4 });
    expect(found[4]!.learningRate).toBeCloseTo(1e-2, 12);
    expect(found[8]!.learningRate).toBeCloseTo(1, 12);
  });

  it('ends when it diverges, and when told to', async () => {
    const { found } = await sweep(1, (rate) => (rate > 5e-3 ? Number.NaN : 1));
    expect(found.map(({ loss }) => loss === null)).toEqual([false, false, false, false, true, true, true]);
    expect((await sweep(1, (rate) => (rate > 5e-3 ? 30 : 1))).found).toHaveLength(7);
    expect((await sweep(1, () => 1, 4)).found).toHaveLength(4);
  });
});
