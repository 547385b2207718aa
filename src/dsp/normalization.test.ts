import { describe, expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import {
  accumulateStatistics,
  applyStatistics,
  createMoments,
  finishStatistics,
  mergeStatistics,
  normalizeUtterance,
} from './normalization.ts';

function noise(key: string, frames: number, bins: number): FeatureMatrix {
  const random = createRandom(key);
  const data = Float32Array.from({ length: frames * bins }, (_, i) => -60 + (i % bins) + 7 * random.normal());
  return { frames, bins, data };
}

function column({ frames, bins, data }: FeatureMatrix, bin: number) {
  const values = Array.from({ length: frames }, (_, row) => data[row * bins + bin]!);
  const mean = values.reduce((a, b) => a + b, 0) / frames;
  return { mean, std: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / frames) };
}

describe('statistics', () => {
  const clips = [noise('a', 31, 3), noise('b', 1, 3), noise('c', 200, 3)];
  const all: FeatureMatrix = { frames: 232, bins: 3, data: Float32Array.from(clips.flatMap((c) => [...c.data])) };

  test('merged clip by clip equal those of all frames together', () => {
    const total = createMoments(3);
    for (const clip of clips) mergeStatistics(total, accumulateStatistics(clip));
    const { mean, inverseStd, frames } = finishStatistics(total);
    expect(frames).toBe(232);
    for (let bin = 0; bin < 3; bin++) {
      const expected = column(all, bin);
      expect(mean[bin]).toBeCloseTo(expected.mean, 4); // float32 of about −60
      expect(inverseStd[bin]! * expected.std).toBeCloseTo(1, 6);
    }
  });

  test('survive being sent between threads, and an empty side of a merge', () => {
    const moments = structuredClone(accumulateStatistics(all));
    const total = createMoments(3);
    mergeStatistics(total, createMoments(3));
    mergeStatistics(total, moments);
    mergeStatistics(total, createMoments(3));
    expect(finishStatistics(total)).toEqual(finishStatistics(moments));
  });

  test('applied give every bin mean 0 and variance 1', () => {
    const matrix = structuredClone(all);
    applyStatistics(matrix, finishStatistics(accumulateStatistics(all)));
    for (let bin = 0; bin < 3; bin++) {
      expect(column(matrix, bin).mean).toBeCloseTo(0, 5);
      expect(column(matrix, bin).std).toBeCloseTo(1, 5);
    }
  });

  test('a bin that never moves becomes 0, not noise', () => {
    const flat: FeatureMatrix = { frames: 3, bins: 2, data: Float32Array.of(-100, 1, -100, 2, -100, 3) };
    normalizeUtterance(flat);
    expect([flat.data[0], flat.data[2], flat.data[4]].map((value) => Math.abs(value!))).toEqual([0, 0, 0]);
    expect(flat.data[5]).toBeCloseTo(Math.sqrt(1.5), 6);
  });
});
