import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMelClip } from '../../test/melFixture.ts';
import { featuresSchema } from '../shared/config/featuresSchema.ts';
import { createFeatureExtractor } from './features.ts';

interface Sampled {
  frames: number;
  index: number[];
  value: number[];
}
interface NemoCase {
  name: string;
  spec: object;
  clip: Sampled;
  tiny?: Sampled;
}
const cases = JSON.parse(
  readFileSync(new URL('../../test/fixtures/mel/nemo.json', import.meta.url), 'utf8'),
) as NemoCase[];

/** Logarithms near −16.6, where a float32 has steps of 2e-6, of powers from float32 samples. */
const tolerance = 5e-5;

describe.each(cases)('features as NeMo computes them: $name', ({ spec: keys, clip, tiny }) => {
  const spec = featuresSchema.parse(keys);

  test.each(['wasm', 'typescript'] as const)('%s', async (kernel) => {
    const extractor = await createFeatureExtractor(spec, { kernel });
    for (const [name, expected] of [['clip', clip] as const, ...(tiny ? [['tiny', tiny] as const] : [])]) {
      const matrix = extractor.extract(readMelClip(name));
      expect(matrix.frames).toBe(expected.frames);
      const differences = expected.index.map((at, i) => Math.abs(matrix.data[at]! - expected.value[i]!));
      expect(Math.max(...differences), name).toBeLessThan(tolerance);
    }
  });

  test('parts of a clip have the bits of the whole', async () => {
    const extractor = await createFeatureExtractor({ ...spec, normalization: 'none' });
    const samples = readMelClip('clip');
    const whole = extractor.extract(samples);
    const stream = extractor.stream();
    const parts = [stream.push(samples.subarray(0, 5001)), stream.push(samples.subarray(5001)), stream.end()];
    expect(Float32Array.from(parts.flatMap(({ data }) => Array.from(data)))).toEqual(whole.data);
    const range = { firstFrame: 20, frames: 9 };
    const { start, end } = extractor.reach(range, samples.length);
    const part = { samples: samples.slice(start, end), firstSample: start, totalSamples: samples.length };
    const all = { samples, firstSample: 0, totalSamples: samples.length };
    expect(extractor.decibels(part, range).data).toEqual(extractor.decibels(all, range).data);
  });
});

test('silence is the guard alone', async () => {
  const extractor = await createFeatureExtractor(featuresSchema.parse({ type: 'nemo', normalization: 'none' }));
  expect(extractor.extract(new Float32Array(800)).data[0]).toBeCloseTo(Math.log(2 ** -24), 5);
});
