import { describe, expect, test, vi } from 'vitest';
import { audibleDifference, audibleTolerance, melSpec, readMelCases, readMelClip } from '../../test/melFixture.ts';
import type { FeatureSpec } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import { createRandom } from '../shared/random.ts';
import { createFeatureExtractor, type FeatureExtractor } from './features.ts';

const clip = readMelClip('clip');
const tiny = readMelClip('tiny');
const kernels = ['wasm', 'typescript'] as const;

function noise(samples: number): Float32Array {
  const random = createRandom('noise', samples);
  return Float32Array.from({ length: samples }, () => 0.1 * random.normal());
}

describe.each(kernels)('%s kernel', (kernel) => {
  const make = (keys: object) => createFeatureExtractor(melSpec(keys), { kernel });

  test.each(readMelCases())('equals torchaudio: $name', async ({ spec, clip: expected, tiny: tinyExpected }) => {
    const extractor = await createFeatureExtractor(spec, { kernel });
    expect(extractor.kernel).toBe(kernel);
    const features = extractor.extract(clip);
    expect([features.frames, features.bins]).toEqual(expected.shape);
    expect(features.frames).toBe(extractor.frameCount(clip.length));
    expect(audibleDifference(features.data, expected.data, spec)).toBeLessThan(audibleTolerance);
    const short = extractor.extract(tiny);
    expect([short.frames, short.bins]).toEqual(tinyExpected.shape);
    expect(audibleDifference(short.data, tinyExpected.data, spec)).toBeLessThan(audibleTolerance);
  });

  test('a clip longer than one call of the kernel has the frames of its parts', async () => {
    const extractor = await make({ hopSamples: 64, mels: 30 });
    const long = noise(700_000);
    const { frames, data } = extractor.extract(long);
    for (const firstFrame of [0, 5000, 8189, 8192, frames - 3]) {
      const range = { firstFrame, frames: Math.min(7, frames - firstFrame) };
      expect(rangeOf(extractor, long, range)).toEqual(data.slice(30 * firstFrame, 30 * (firstFrame + range.frames)));
    }
  });

  test.each(['constant', 'reflect'] as const)('any range from the samples it reaches, padMode %s', async (padMode) => {
    const extractor = await make({ padMode, hopSamples: 100, fftSize: 256, windowSamples: 256, mels: 20 });
    for (const samples of [1, 60, 128, 129, 256, 257, 300, 1000]) {
      const sound = noise(samples);
      const { frames, data } = extractor.extract(sound);
      for (let firstFrame = 0; firstFrame < frames; firstFrame++)
        for (let count = 1; firstFrame + count <= frames; count++)
          expect(rangeOf(extractor, sound, { firstFrame, frames: count })).toEqual(
            data.slice(20 * firstFrame, 20 * (firstFrame + count)),
          );
    }
  });

  test.each([
    { padMode: 'constant' },
    { padMode: 'reflect' },
    { hopSamples: 600 },
    { padMode: 'reflect', hopSamples: 300, mels: 41 },
  ])('streams the same bits: %o', async (keys) => {
    const extractor = await make(keys);
    for (const samples of [0, 1, 255, 256, 257, 511, 513, 5000, 22_400]) {
      const sound = noise(samples);
      const { data } = extractor.extract(sound);
      for (const block of [37, 160, 256, 1600, 50_000]) {
        const stream = extractor.stream();
        const parts: number[] = [];
        for (let at = 0; at < samples; at += block) parts.push(...stream.push(sound.subarray(at, at + block)).data);
        parts.push(...stream.end().data);
        expect(Float32Array.from(parts)).toEqual(data);
      }
    }
  });

  test('a stream gives a frame as soon as its last sample is there', async () => {
    const stream = (await make({})).stream();
    expect(stream.push(noise(255)).frames).toBe(0);
    expect(stream.push(noise(1)).frames).toBe(1);
    expect(stream.push(noise(159)).frames).toBe(0);
    expect(stream.push(noise(161)).frames).toBe(2);
    expect(stream.end().frames).toBe(1);
  });

  test('silence and no samples at all lie on the floor of −100 dB', async () => {
    const extractor = await make({});
    expect(new Set(extractor.extract(new Float32Array(1000)).data)).toEqual(new Set([-100]));
    expect(extractor.extract(new Float32Array(0)).frames).toBe(1);
    const article = await make({ reference: 'max', topDb: 80, scale: 'minusOneToOne' });
    expect(new Set(article.extract(new Float32Array(1000)).data)).toEqual(new Set([1]));
  });

  test('a sample that is not a number spoils the frames it is in and no other', async () => {
    const extractor = await make({});
    const sound = noise(4000);
    const clean = extractor.extract(sound);
    sound[2000] = Number.NaN;
    const spoiled = extractor.extract(sound);
    for (let frame = 0; frame < clean.frames; frame++) {
      const row = spoiled.data.subarray(80 * frame, 80 * frame + 80);
      // The FFT takes half an FFT on both sides, the window a little less.
      if (Math.abs(160 * frame - 2000) < 200) expect(row.every(Number.isNaN)).toBe(true);
      else if (Math.abs(160 * frame - 2000) > 256)
        expect(row).toEqual(clean.data.subarray(80 * frame, 80 * frame + 80));
    }
  });

  test('topDb alone clamps at the loudest point minus topDb', async () => {
    const plain = (await make({})).extract(clip).data;
    const clamped = (await make({ topDb: 50 })).extract(clip).data;
    const floor = plain.reduce((a, b) => Math.max(a, b)) - 50;
    for (const [i, value] of clamped.entries()) expect(value).toBeCloseTo(Math.max(plain[i]!, floor), 4);
  });
});

function rangeOf(extractor: FeatureExtractor, samples: Float32Array, range: { firstFrame: number; frames: number }) {
  const { start, end } = extractor.reach(range, samples.length);
  const part = { samples: samples.slice(start, end), firstSample: start, totalSamples: samples.length };
  return extractor.decibels(part, range).data;
}

test('both kernels agree for every shape of FFT, hop, window and bank', async () => {
  const random = createRandom('shapes');
  for (let round = 0; round < 40; round++) {
    const fftSize = 16 << random.below(9);
    const spec = melSpec({
      fftSize,
      windowSamples: 1 + random.below(fftSize),
      hopSamples: 1 + random.below(fftSize),
      mels: 1 + random.below(100),
      melScale: random.below(2) ? 'htk' : 'slaney',
      padMode: random.below(2) ? 'reflect' : 'constant',
      lowHz: 100 * random.below(3),
    });
    const sound = noise(fftSize + random.below(5 * fftSize));
    const [fast, exact] = await Promise.all(kernels.map((kernel) => createFeatureExtractor(spec, { kernel })));
    const difference = audibleDifference(fast!.extract(sound).data, exact!.extract(sound).data, spec);
    expect(difference, JSON.stringify(spec)).toBeLessThan(audibleTolerance);
  }
});

test('WebAssembly is what one gets unasked', async () => {
  expect((await createFeatureExtractor(melSpec({}))).kernel).toBe('wasm');
});

test('where WebAssembly is forbidden the TypeScript twin steps in, unless WebAssembly was asked for', async () => {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', { compile: () => Promise.reject(new Error('refused by the content security policy')) });
  try {
    const fresh = await import('./features.ts');
    expect((await fresh.createFeatureExtractor(melSpec({}))).kernel).toBe('typescript');
    await expect(fresh.createFeatureExtractor(melSpec({}), { kernel: 'wasm' })).rejects.toThrow('content security');
  } finally {
    vi.unstubAllGlobals();
  }
});

test('normalisation per utterance gives every bin mean 0 and variance 1', async () => {
  const extractor = await createFeatureExtractor({ ...melSpec({}), normalization: 'utterance' });
  const { frames, bins, data } = extractor.extract(clip);
  for (let bin = 0; bin < bins; bin++) {
    const values = Array.from({ length: frames }, (_, row) => data[row * bins + bin]!);
    expect(values.reduce((a, b) => a + b, 0) / frames).toBeCloseTo(0, 4);
    expect(values.reduce((sum, value) => sum + value * value, 0) / frames).toBeCloseTo(1, 4);
  }
});

test.each([
  [{ fftSize: 500 }, 'features.fftSize is 500; expected a power of two, such as 512'],
  [{ fftSize: 8, windowSamples: 8 }, 'features.fftSize is 8; expected a power of two, such as 16'],
  [{ fftSize: 256 }, 'features.windowSamples is 400, longer than features.fftSize (256 samples)'],
  [{ hopSamples: 16_001 }, 'features.hopSamples is 16001, more than a second'],
  [{ highHz: 9000 }, 'features.highHz is 9000, above half of features.sampleRateHz (8000 Hz)'],
  [{ lowHz: 8000 }, 'features.lowHz is 8000; expected a number below half'],
  [{ scale: 'minusOneToOne' }, 'needs features.topDb'],
])('refuses %o', async (keys, message) => {
  const making = createFeatureExtractor({ ...melSpec({}), ...(keys as Partial<FeatureSpec>) });
  await expect(making).rejects.toThrow(UserError);
  await expect(making).rejects.toThrow(message);
});

test('refuses to stream what needs the whole clip, and says all reasons', async () => {
  const spec = { ...melSpec({ reference: 'max', topDb: 80 }), normalization: 'utterance' as const };
  const extractor = await createFeatureExtractor(spec);
  expect(() => extractor.stream()).toThrow(UserError);
  expect(() => extractor.stream()).toThrow(/reference is max.*topDb.*normalization is utterance/);
});
