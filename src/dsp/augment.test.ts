import { describe, expect, test } from 'vitest';
import { maskSettings, policies } from '../shared/config/augmentPolicy.ts';
import { type AugmentConfig, experimentSchema } from '../shared/config/schema.ts';
import { createRandom } from '../shared/random.ts';
import {
  applyMasks,
  binMeans,
  changeSpeed,
  drawAugmentation,
  maskFrames,
  placeMasks,
  placeTimeWarp,
} from './augment.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { loadResampler } from './resample.ts';

const { augment: config, features: spec } = experimentSchema.parse({ data: { train: ['train.jsonl'] } });
const configOf = (augment: object): AugmentConfig =>
  experimentSchema.parse({ data: { train: ['train.jsonl'] }, augment }).augment;
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

  test.each([
    { timeMasks: { count: 3, maxMs: 2000, maxShare: 0.2 }, frequencyMasks: { count: 4, maxBins: 80, maxShare: 0.4 } },
    { policy: 'libriSpeechDouble', timeMasks: { maxShare: 0.1 } },
    { policy: 'switchboardStrong' },
  ])('hide at most maxShare of a clip of any length: %o', (keys) => {
    const own = configOf(keys);
    const { frequencyMasks } = maskSettings(own, spec.mels);
    for (let key = 0; key < 300; key++) {
      const drawn = drawAugmentation(own, createRandom('share', key));
      for (const frames of [1, 3, 17, 60, 400, 2000]) {
        const masks = placeMasks(drawn, own, spec, frames);
        expect(total(masks.time)).toBeLessThanOrEqual(own.timeMasks.maxShare * frames);
        expect(total(masks.frequency)).toBeLessThanOrEqual(frequencyMasks.maxShare * spec.mels);
      }
    }
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

describe('policies', () => {
  // Park et al. 2019, table 1: W, F, mF, T, p, mT, for 80 bands and a hop of 10 ms.
  test.each([
    ['libriSpeechBasic', 80, 27, 1, 100, 1, 1],
    ['libriSpeechDouble', 80, 27, 2, 100, 1, 2],
    ['switchboardMild', 40, 15, 2, 70, 0.2, 2],
    ['switchboardStrong', 40, 27, 2, 70, 0.2, 2],
  ] as const)('%s has the numbers of the paper', (policy, W, F, mF, T, p, mT) => {
    const settings = maskSettings(configOf({ policy }), 80);
    expect(settings.timeWarpMs / 10).toBe(W);
    expect(settings.frequencyMasks).toEqual({ count: mF, maxBins: F, maxShare: 1 });
    expect(settings.timeMasks).toEqual({ count: mT, maxMs: 10 * T, longestShare: p, maxShare: 0.3 });
    expect(maskFrames(configOf({ policy }), spec)).toBe(T);
    // A clip so long that maxShare does not matter: every width of the paper occurs, none beyond it.
    const widths = { time: new Set<number>(), frequency: new Set<number>() };
    for (let key = 0; key < 2000; key++) {
      const masks = placeMasks(
        drawAugmentation(configOf({ policy }), createRandom(key)),
        configOf({ policy }),
        spec,
        1200,
      );
      for (const { length } of masks.time) widths.time.add(length);
      for (const { length } of masks.frequency) widths.frequency.add(length);
    }
    expect([Math.max(...widths.time), widths.time.size]).toEqual([T, T + 1]);
    expect([Math.max(...widths.frequency), widths.frequency.size]).toEqual([F, F + 1]);
  });

  test('every policy is checked', () => {
    expect(Object.keys(policies)).toHaveLength(4);
  });

  test('a mask is at most p of the clip, and bins follow the number of bands', () => {
    const mild = configOf({ policy: 'switchboardMild', timeMasks: { maxShare: 1 } });
    for (let key = 0; key < 300; key++)
      for (const { length } of placeMasks(drawAugmentation(mild, createRandom(key)), mild, spec, 50).time)
        expect(length).toBeLessThanOrEqual(10);
    expect(maskSettings(mild, 40).frequencyMasks.maxBins).toBe(8);
  });
});

describe('draws', () => {
  const random = () => createRandom(1, 'augment', 3, '0:a.wav');
  const drawn = drawAugmentation(config, random());

  test('are what they were before noise, gain and warp were added', () => {
    expect(drawn).toMatchObject({
      speed: 1,
      timeMasks: [
        { width: 0.5287153711542487, position: 0.4793191980570555 },
        { width: 0.7222599422093481, position: 0.1406271462328732 },
      ],
      frequencyMasks: [
        { width: 0.538418827811256, position: 0.04992256732657552 },
        { width: 0.37906439369544387, position: 0.5290421415120363 },
      ],
      gainDb: 0,
    });
    expect(drawn.noise).toBeUndefined();
    expect(placeTimeWarp(drawn, config, spec, 500)).toBeUndefined();
  });

  test('do not move when another key is switched on', () => {
    const noisy = drawAugmentation(configOf({ noise: { probability: 1 } }), random());
    expect(noisy).toEqual({ ...drawn, noise: noisy.noise });
    const louder = drawAugmentation(configOf({ gainDb: [-6, 6] }), random());
    expect(louder).toEqual({ ...drawn, gainDb: louder.gainDb });
  });

  test('are spread evenly over their ranges', () => {
    const own = configOf({ noise: { probability: 0.3, snrDb: [5, 15] }, gainDb: [-6, 2], timeWarpMs: 100 });
    const draws = Array.from({ length: 4000 }, (_, key) => drawAugmentation(own, createRandom('spread', key)));
    const noises = draws.flatMap(({ noise }) => noise ?? []);
    // Three standard deviations of the mean of 4000 (1200) even draws are 0.014 (0.025) of the range.
    expect(noises.length / draws.length).toBeCloseTo(0.3, 1);
    const evenly = (values: number[], low: number, high: number) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean - (low + high) / 2) / (high - low)).toBeLessThan(0.025);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.min(...values)).toBeLessThan(low + 0.05 * (high - low));
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.max(...values)).toBeGreaterThan(high - 0.05 * (high - low));
    };
    evenly(
      noises.map(({ snrDb }) => snrDb),
      5,
      15,
    );
    evenly(
      noises.map(({ choice }) => choice),
      0,
      1,
    );
    evenly(
      draws.map(({ gainDb }) => gainDb),
      -6,
      2,
    );
    const moves = draws
      .map((one) => placeTimeWarp(one, own, spec, 300))
      .map((warp) => (warp ? warp.to - warp.from : 0));
    evenly(moves, -10, 10);
    expect(new Set(moves).size).toBe(21);
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
