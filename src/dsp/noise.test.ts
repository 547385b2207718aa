import { describe, expect, test } from 'vitest';
import { readMelClip } from '../../test/melFixture.ts';
import { createRandom } from '../shared/random.ts';
import { changeGain, mixNoise, whiteNoise } from './noise.ts';

const clip = readMelClip('clip');
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const minus = (a: Float32Array, b: Float32Array) => a.map((value, i) => value - b[i]!);
const decibels = (ratio: number) => 20 * Math.log10(ratio);

describe('noise', () => {
  const white = whiteNoise();
  const hum = Float32Array.from({ length: 700 }, (_, i) => 0.01 * Math.sin(i / 5) ** 3);

  test.each([-5, 0, 10, 33.3])('at %d dB is so loud against the clip', (snrDb) => {
    for (const [noise, start] of [
      [white, 12_345],
      [white, white.length - 10],
      [hum, 699],
    ] as const) {
      const mixed = mixNoise(clip, noise, start, snrDb);
      // float32 rounding of the sum.
      expect(Math.abs(decibels(rms(clip) / rms(minus(mixed, clip))) - snrDb)).toBeLessThan(0.001);
    }
  });

  test('begins at its section and is repeated when shorter than the clip', () => {
    const added = minus(mixNoise(clip, hum, 650, 0), clip);
    const gain = added[60]! / hum[10]!;
    // Differences of float32 sums around 0.3 are exact to 3e-8.
    for (const i of [0, 49, 50, 749, 750, 22_000]) expect(added[i]).toBeCloseTo(gain * hum[(650 + i) % 700]!, 6);
  });

  test('of silence, of nothing and of no numbers changes nothing; silence gets none', () => {
    expect(mixNoise(clip, new Float32Array(100), 3, 10)).toBe(clip);
    expect(mixNoise(clip, new Float32Array(0), 0, 10)).toBe(clip);
    expect(mixNoise(clip, Float32Array.of(0.1, Number.NaN), 0, 10)).toBe(clip);
    const silence = new Float32Array(100);
    expect(mixNoise(silence, hum, 0, 10)).toBe(silence);
  });

  test('that is white has mean 0, deviation 1, no memory, and is the same each time', () => {
    const mean = white.reduce((sum, x) => sum + x, 0) / white.length;
    const product = white.reduce((sum, x, i) => sum + x * white[(i + 1) % white.length]!, 0) / white.length;
    // Standard errors are 1.4e-3.
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(rms(white)).toBeCloseTo(1, 2);
    expect(Math.abs(product)).toBeLessThan(0.005);
    expect(whiteNoise().subarray(0, 1000)).toEqual(white.subarray(0, 1000));
  });
});

test('gain is in decibels, and 0 dB is the clip itself', () => {
  expect(changeGain(clip, 0)).toBe(clip);
  for (const gainDb of [-20, 6]) expect(decibels(rms(changeGain(clip, gainDb)) / rms(clip))).toBeCloseTo(gainDb, 4);
  const random = createRandom('gain');
  const loud = Float32Array.from({ length: 100 }, () => random.normal());
  expect(changeGain(loud, 20)[7]).toBeCloseTo(10 * loud[7]!, 5);
});
