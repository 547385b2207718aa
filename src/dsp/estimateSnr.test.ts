import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { estimateSnr } from './estimateSnr.ts';

const rate = 16_000;
const seconds = 4;

/** Bursts of 300 ms with pauses of 200 ms between them; power 0.02 while they sound. */
const tones = Float32Array.from({ length: seconds * rate }, (_, i) =>
  i % (0.5 * rate) < 0.3 * rate ? 0.2 * Math.sin((2 * Math.PI * 440 * i) / rate) : 0,
);

/** White, or with a pole at `pole`, scaled to unit power. */
function noise(pole: number, seed: string): Float32Array {
  const random = createRandom('noise', seed);
  const scale = Math.sqrt(1 - pole * pole);
  let last = 0;
  return Float32Array.from(tones, () => {
    last = pole * last + scale * random.normal();
    return last;
  });
}

const mix = (snrDb: number, pole: number) => {
  const gain = Math.sqrt(0.02 / 10 ** (snrDb / 10));
  const added = noise(pole, `${snrDb}`);
  return tones.map((x, i) => x + gain * added[i]!);
};

test.each([
  [0, 0],
  [10, 0],
  [20, 0],
  [40, 0],
  [10, 0.8],
  [20, 0.8],
])('bursts at %i dB in noise with pole %f are heard as such', (snrDb, pole) => {
  // Blocks at the edges of a burst are partly loud: they lower the mean of the loud ones by about 0.5 dB.
  expect(Math.abs(estimateSnr(mix(snrDb, pole), rate)! - snrDb)).toBeLessThan(1.2);
});

test('level and offset change nothing', () => {
  const mixed = mix(20, 0);
  const expected = estimateSnr(mixed, rate)!;
  expect(
    estimateSnr(
      mixed.map((x) => x / 30),
      rate,
    ),
  ).toBeCloseTo(expected, 3);
  expect(
    estimateSnr(
      mixed.map((x) => x + 0.1),
      rate,
    ),
  ).toBeCloseTo(expected, 1);
});

test('without a pause, without sound, in digital silence and in a moment nothing is said', () => {
  expect(estimateSnr(noise(0, 'alone'), rate)).toBeUndefined();
  expect(estimateSnr(tones, rate)).toBeUndefined();
  expect(estimateSnr(new Float32Array(rate), rate)).toBeUndefined();
  expect(estimateSnr(new Float32Array(10), rate)).toBeUndefined();
  const sine = tones.map((_, i) => 0.2 * Math.sin((2 * Math.PI * 440 * i) / rate));
  expect(estimateSnr(sine, rate)).toBeUndefined();
});
