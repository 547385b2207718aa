import { describe, expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { placeWarp, warpTime } from './timeWarp.ts';

/** Row r is [r, 100 − r]. */
const ramp = (frames: number): FeatureMatrix => ({
  frames,
  bins: 2,
  data: Float32Array.from({ length: 2 * frames }, (_, i) => (i % 2 === 0 ? i / 2 : 100 - (i - 1) / 2)),
});
const rows = ({ data }: FeatureMatrix) => [...data.filter((_, i) => i % 2 === 0)];

describe('a time warp', () => {
  test('moves the row, keeps the ends and stretches evenly between', () => {
    // numpy.interp(range(9), [0, 6, 8], [0, 3, 8])
    const expected = [0, 0.5, 1, 1.5, 2, 2.5, 3, 5.5, 8];
    const warped = warpTime(ramp(9), { from: 3, to: 6 });
    expect([warped.frames, warped.bins]).toEqual([9, 2]);
    expect(rows(warped)).toEqual(expected);
    expect([...warped.data.filter((_, i) => i % 2 === 1)]).toEqual(expected.map((row) => 100 - row));
    expect(rows(warpTime(ramp(9), { from: 6, to: 3 }))).toEqual([0, 2, 4, 6, 6.4, 6.8, 7.2, 7.6, 8].map(Math.fround));
  });

  test('stays inside the clip and within its width whatever the length', () => {
    const random = createRandom('warp');
    for (let round = 0; round < 5000; round++) {
      const frames = 1 + random.below(300);
      const widest = random.below(100);
      const warp = placeWarp(random.next(), random.next(), widest, frames);
      if (!warp) continue;
      const { from, to } = warp;
      expect(Math.abs(to - from)).toBeLessThanOrEqual(Math.min(widest, frames / 4));
      for (const row of [from, to]) expect(row > 0 && row < frames - 1).toBe(true);
      const warped = rows(warpTime(ramp(frames), warp));
      expect(warped[to]).toBeCloseTo(from, 3);
      expect([warped[0], warped.at(-1)]).toEqual([0, frames - 1]);
      for (let row = 1; row < frames; row++) expect(warped[row]!).toBeGreaterThan(warped[row - 1]!);
    }
  });

  test('leaves clips alone that are too short for it', () => {
    for (const frames of [1, 2, 3]) expect(placeWarp(0.5, 0.9, 80, frames)).toBeUndefined();
    expect(placeWarp(0.5, 0.9, 0, 500)).toBeUndefined();
    expect(placeWarp(0.5, 0.5, 80, 500)).toBeUndefined();
    expect(placeWarp(0, 0, 80, 500)).toEqual({ from: 80, to: 1 });
  });
});
