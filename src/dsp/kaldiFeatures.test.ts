import { describe, expect, test } from 'vitest';
import { edgeClip, kaldiCases, kaldiTolerance, largestDifference, type Sampled } from '../../test/kaldiFixture.ts';
import { melSpec, readMelClip } from '../../test/melFixture.ts';
import { createRandom } from '../shared/random.ts';
import { createFeatureExtractor, type FeatureExtractor } from './features.ts';

const kernels = ['wasm', 'typescript'] as const;
const noise = (samples: number) => {
  const random = createRandom('noise', samples);
  return Float32Array.from({ length: samples }, () => 0.1 * random.normal() + 0.05);
};

describe.each(kernels)('%s kernel', (kernel) => {
  const make = (keys: object) => createFeatureExtractor(melSpec(keys), { kernel });

  test.each(kaldiCases)('equals torchaudio.compliance.kaldi: $name', async ({ spec, clip, tiny, edges }) => {
    const extractor = await createFeatureExtractor(spec, { kernel });
    const inputs: (readonly [Float32Array, Sampled])[] = [
      [readMelClip('clip'), clip],
      [readMelClip('tiny'), tiny],
      ...Object.entries(edges).map(([length, expected]) => [edgeClip().subarray(0, Number(length)), expected] as const),
    ];
    for (const [samples, expected] of inputs) {
      const features = extractor.extract(samples);
      expect(features.frames).toBe(expected.frames);
      expect(features.frames).toBe(extractor.frameCount(samples.length));
      expect(features.bins).toBe(spec.type === 'mfcc' ? spec.cepstra : spec.mels);
      expect(features.data.length).toBe(features.frames * features.bins);
      expect(largestDifference(features, expected), `${samples.length}`).toBeLessThan(kaldiTolerance(spec));
    }
  });

  test.each([{ type: 'fbank' }, { type: 'mfcc', padMode: 'reflect', hopSamples: 100 }])(
    'streams the same bits: %o',
    async (keys) => {
      const extractor = await make(keys);
      for (const samples of [0, 1, 256, 511, 5000, 22_400]) {
        const sound = noise(samples);
        const { data } = extractor.extract(sound);
        for (const block of [37, 1600, 50_000]) {
          const stream = extractor.stream();
          const parts: number[] = [];
          for (let at = 0; at < samples; at += block) parts.push(...stream.push(sound.subarray(at, at + block)).data);
          parts.push(...stream.end().data);
          expect(Float32Array.from(parts)).toEqual(data);
        }
      }
    },
  );

  test('any range of the picture from the samples it reaches, in decibels whose logarithm fbank is', async () => {
    const extractor = await make({ type: 'fbank', hopSamples: 100, fftSize: 256, windowSamples: 200, mels: 20 });
    const sound = noise(1000);
    const whole = rangeOf(extractor, sound, { firstFrame: 0, frames: 11 });
    for (let firstFrame = 0; firstFrame < 11; firstFrame++)
      for (let frames = 1; firstFrame + frames <= 11; frames++)
        expect(rangeOf(extractor, sound, { firstFrame, frames })).toEqual(
          whole.slice(20 * firstFrame, 20 * (firstFrame + frames)),
        );
    const features = extractor.extract(sound).data;
    for (const [i, decibels] of whole.entries())
      expect(features[i]).toBeCloseTo(((decibels + 20 * Math.log10(32_768)) * Math.LN10) / 10, 4);
  });

  test('a clip longer than one call of the kernel has the frames of its parts', async () => {
    const extractor = await make({ type: 'mfcc', mels: 20 });
    const long = noise(600_000);
    const { data } = extractor.extract(long);
    for (const firstFrame of [1000, 3270, 3275, 3280]) {
      // Frames 2 to 6 of the cut see none of its ends.
      const cut = extractor.extract(long.subarray(firstFrame * 160, (firstFrame + 8) * 160)).data;
      expect(data.slice(13 * (firstFrame + 2), 13 * (firstFrame + 7))).toEqual(cut.slice(13 * 2, 13 * 7));
    }
  });

  test('silence lies on the floor, and a constant is silence', async () => {
    const extractor = await make({ type: 'fbank' });
    const floor = Math.fround(Math.log(2 ** -23));
    for (const sound of [new Float32Array(1000), new Float32Array(0)])
      for (const value of extractor.extract(sound).data) expect(value).toBeCloseTo(floor, 5);
    const constant = extractor.extract(new Float32Array(4000).fill(0.25));
    // Frames that the padding does not reach.
    for (const value of constant.data.subarray(4 * 80, 20 * 80)) expect(value).toBeCloseTo(floor, 5);
    const picture = await make({ type: 'mfcc' });
    const pixels = rangeOf(picture, new Float32Array(1000), { firstFrame: 0, frames: 3 });
    expect(pixels.length).toBe(240);
    for (const value of pixels) expect(value).toBeCloseTo(-100, 3);
  });

  test('a sample that is not a number spoils the frames it is in and no other', async () => {
    const extractor = await make({ type: 'fbank' });
    const sound = noise(4000);
    const clean = extractor.extract(sound);
    sound[2000] = Number.NaN;
    const spoiled = extractor.extract(sound);
    for (let frame = 0; frame < clean.frames; frame++) {
      const row = spoiled.data.subarray(80 * frame, 80 * frame + 80);
      if (Math.abs(160 * frame - 2000) < 199) expect(row.every(Number.isNaN)).toBe(true);
      else if (Math.abs(160 * frame - 2000) > 201)
        expect(row).toEqual(clean.data.subarray(80 * frame, 80 * frame + 80));
    }
  });
});

test('both kernels agree on Kaldi features of every shape', async () => {
  const random = createRandom('shapes');
  for (let round = 0; round < 20; round++) {
    const fftSize = 16 << random.below(8);
    const mels = 1 + random.below(60);
    const spec = melSpec({
      ...(random.below(2) ? { type: 'fbank' } : { type: 'mfcc', cepstra: 1 + random.below(mels) }),
      fftSize,
      windowSamples: 2 + random.below(fftSize - 1),
      hopSamples: 1 + random.below(fftSize),
      mels,
      preemphasis: random.next(),
    });
    const sound = noise(fftSize + random.below(5 * fftSize));
    const [fast, exact] = await Promise.all(kernels.map((kernel) => createFeatureExtractor(spec, { kernel })));
    const [actual, expected] = [fast!.extract(sound).data, exact!.extract(sound).data];
    const largest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
    expect(largest, JSON.stringify(spec)).toBeLessThan(kaldiTolerance(spec));
  }
});

test.each([
  [{ type: 'mfcc', mels: 12 }, 'features.cepstra is 13, more than features.mels (12 bands)'],
  [{ type: 'fbank', topDb: 80 }, 'features.topDb is 80, but features of type fbank have no use for it (only logMel)'],
  [{ type: 'logMel', preemphasis: 0 }, 'features.preemphasis is 0, but features of type logMel'],
  [{ type: 'fbank', lifter: 0 }, 'only mfcc); remove it or set it to 22'],
])('refuses %o', async (keys, message) => {
  await expect(createFeatureExtractor(melSpec(keys))).rejects.toThrow(message);
});

function rangeOf(extractor: FeatureExtractor, samples: Float32Array, range: { firstFrame: number; frames: number }) {
  const { start, end } = extractor.reach(range, samples.length);
  const part = { samples: samples.slice(start, end), firstSample: start, totalSamples: samples.length };
  return extractor.decibels(part, range).data;
}
