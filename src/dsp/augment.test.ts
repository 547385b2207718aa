import { describe, expect, test } from 'vitest';
import { experimentSchema } from '../shared/config/schema.ts';
import { createRandom } from '../shared/random.ts';
import { applyMasks, binMeans, changeSpeed, drawAugmentation, maskFrames, placeMasks } from './augment.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { loadResampler } from './resample.ts';

const { augment: config, features: spec } = experimentSchema.parse({ data: { train: ['train.jsonl'] } });
const draw = (key: number) => drawAugmentation(config, createRandom('augment', key));
const total = (masks: { length: number }[]) => masks.reduce((sum, { length }) => sum + length, 0);

describe('masks', () => {
  test('the same key gives the same augmentation, other keys others', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('100 ms are 10 frames at hop 160 and 3 at hop 512', () => {
    expect(maskFrames(config, spec)).toBe(10);
    expect(maskFrames(config, { ...spec, hopSamples: 512 })).toBe(3);
  });

  test('widths reach from 0 to the configured width, and every mask lies inside', () => {
    const widths = new Set<number>();
    const speeds = new Set<number>();
    for (let key = 0; key < 300; key++) {
      const drawn = draw(key);
      speeds.add(drawn.speed);
      const masks = placeMasks(drawn, config, spec, 700);
      for (const { start, length } of masks.time) {
        widths.add(length);
        expect(start >= 0 && start + length <= 700).toBe(true);
      }
      for (const { start, length } of masks.frequency) expect(start >= 0 && start + length <= spec.mels).toBe(true);
    }
    expect([...widths].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...speeds].sort()).toEqual([0.9, 1, 1.1]);
  });

  test('a short clip keeps at least 70 % of its frames', () => {
    for (let key = 0; key < 200; key++)
      for (const frames of [1, 2, 5, 20, 40])
        expect(total(placeMasks(draw(key), config, spec, frames).time)).toBeLessThanOrEqual(0.3 * frames);
  });

  test('overwrite exactly the masked rows and bins', () => {
    const fresh = (): FeatureMatrix => ({
      frames: 3,
      bins: 4,
      data: Float32Array.from({ length: 12 }, (_, i) => i + 1),
    });
    const masks = { time: [{ start: 1, length: 1 }], frequency: [{ start: 2, length: 2 }] };
    const zeroed = fresh();
    applyMasks(zeroed, masks);
    expect([...zeroed.data]).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 9, 10, 0, 0]);
    const filled = fresh();
    applyMasks(filled, masks, binMeans(filled));
    expect([...filled.data]).toEqual([1, 2, 7, 8, 5, 6, 7, 8, 9, 10, 7, 8]);
  });
});

test('speed 1.1 shortens the clip and raises its pitch by the factor, 1 leaves it alone', async () => {
  const resampler = await loadResampler();
  const samples = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin((2 * Math.PI * 500 * i) / 16_000));
  const faster = changeSpeed(samples, 1.1, resampler);
  expect(faster.length).toBe(Math.round(16_000 / 1.1));
  let rises = 0;
  for (let i = 1; i < faster.length; i++) if (faster[i - 1]! < 0 && faster[i]! >= 0) rises++;
  expect(rises / (faster.length / 16_000)).toBeCloseTo(550, -1);
  expect(changeSpeed(samples, 0.9, resampler).length).toBe(Math.round(16_000 / 0.9));
  expect(changeSpeed(samples, 1, resampler)).toBe(samples);
});
