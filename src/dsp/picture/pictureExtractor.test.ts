import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultFeatures } from '../../shared/config/defaultFeatures.ts';
import type { FreePicture } from '../../shared/protocol/spectrogramPicture.ts';
import { createFeatureExtractor } from '../features.ts';
import { fromScale, toScale } from '../frequencyScale.ts';
import { pictureProblems } from './freePicture.ts';
import { createFreePicture, createTrainingPicture } from './pictureExtractor.ts';
import { picturePreset, presetNames } from './picturePresets.ts';

/** Made by test/fixtures/makePictureFixtures.py. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/picture/pictures.json', import.meta.url), 'utf8'),
) as { clip: string; cases: { sampleRateHz: number; settings: FreePicture; shape: number[]; data: string }[] };
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64')).buffer;
const clip = Float32Array.from(new Int16Array(bytesOf(fixture.clip)), (value) => value / 32_768);

const named = fixture.cases.map((one) => ({ ...one, name: `${one.settings.scale}, ${one.settings.window}` }));

describe.each(['wasm', 'typescript'] as const)('free pictures by the %s kernel', (kernel) => {
  it.each(named)('equal scipy: $name at $sampleRateHz Hz', async ({ sampleRateHz, settings, shape, data }) => {
    const picture = await createFreePicture(settings, sampleRateHz, kernel);
    const frames = picture.frameCount(clip.length);
    expect([frames, picture.scale.bins]).toEqual(shape);
    const part = { samples: clip, firstSample: 0, totalSamples: clip.length };
    const found = picture.decibels(part, { firstFrame: 0, frames }).data;
    const expected = new Float32Array(bytesOf(data));
    const loudest = expected.reduce((a, b) => Math.max(a, b));
    expect(loudest).toBeLessThan(picture.topDb);
    let worst = 0;
    for (const [i, value] of expected.entries())
      if (value > loudest - 80) worst = Math.max(worst, Math.abs(found[i]! - value));
    // The kernels' own promise for features, see test/melFixture.ts.
    expect(worst).toBeLessThan(3e-5);
  });
});

describe('scales of frequency', () => {
  it('bark lies on the critical bands that Zwicker measured', () => {
    // Upper edges of bands 1 to 20 (Zwicker 1961).
    const edges = [
      100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400, 5300, 6400,
    ];
    // Traunmüller states 0.05 Bark for his formula.
    for (const [i, hz] of edges.entries()) expect(Math.abs(toScale(hz, 'bark') - i - 1)).toBeLessThan(0.06);
  });

  it.each(['bark', 'slaney', 'htk', 'linear'] as const)('%s goes there and back', (scale) => {
    for (const hz of [0, 30, 150, 999, 1000, 4000, 9000, 22_050])
      expect(fromScale(toScale(hz, scale), scale)).toBeCloseTo(hz, 6);
  });
});

describe('pictures as they are asked for', () => {
  it('show what a model is trained on', async () => {
    const picture = await createTrainingPicture(defaultFeatures);
    const extractor = await createFeatureExtractor(defaultFeatures);
    const part = { samples: clip, firstSample: 0, totalSamples: clip.length };
    const range = { firstFrame: 0, frames: picture.frameCount(clip.length) };
    expect(picture.decibels(part, range).data).toEqual(extractor.extract(clip).data);
    expect(picture.scale).toMatchObject({ scale: 'slaney', bins: 80, lowHz: 0, highHz: 8000 });
    const kaldi = await createTrainingPicture({ ...defaultFeatures, type: 'fbank', lowHz: 20 });
    expect(kaldi.scale).toMatchObject({ scale: 'htk', lowHz: 20 });
  });

  it('reach to half of the file’s own rate', async () => {
    const { scale } = await createFreePicture(picturePreset('linear', 48_000), 48_000);
    expect(scale).toMatchObject({ scale: 'linear', lowHz: 0, highHz: 24_000, bins: 2049 });
  });

  it.each(presetNames)('have nothing wrong at any rate: %s', (name) => {
    for (const rateHz of [4000, 8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
      expect(pictureProblems(picturePreset(name, rateHz), rateHz), `${rateHz} Hz`).toEqual([]);
  });

  it('are refused where they would not show what they say', () => {
    const fine: FreePicture = { ...picturePreset('linear', 16_000), scale: 'mel' };
    const wrong = (change: Partial<FreePicture>) =>
      pictureProblems({ ...fine, ...change }, 16_000).map(({ field, rule }) => `${field} ${rule}`);
    expect(wrong({})).toEqual([]);
    expect(wrong({ fftSize: 1000 })).toEqual(['fftSize fftSize']);
    expect(wrong({ windowMs: 65 })).toEqual(['windowMs windowTooLong']);
    expect(wrong({ windowMs: 0.1, hopMs: 0.1 })).toEqual(['windowMs windowTooShort', 'hopMs hopTooShort']);
    expect(wrong({ hopMs: 30 })).toEqual(['hopMs hopTooLong']);
    expect(wrong({ bands: 500 })).toEqual(['bands emptyBands']);
    expect(wrong({ bands: 0 })).toEqual(['bands bands']);
    expect(wrong({ lowHz: 8000 })).toEqual(['lowHz lowHz']);
    expect(wrong({ highHz: 9000 })).toEqual(['highHz highHz']);
    expect(wrong({ scale: 'linear', lowHz: 100, highHz: 105 })).toEqual(['highHz narrow']);
    expect(wrong({ floorDb: -300 })).toEqual(['floorDb floorDb']);
    const nothing = { windowMs: NaN, hopMs: NaN, bands: NaN, lowHz: NaN, highHz: NaN, floorDb: NaN };
    expect(new Set(wrong(nothing).map((one) => one.split(' ')[0]))).toEqual(new Set(Object.keys(nothing)));
  });
});
