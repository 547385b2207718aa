import { readFileSync } from 'node:fs';
import { featuresSchema } from '../src/shared/config/featuresSchema.ts';
import type { FeatureSpec } from '../src/shared/config/schema.ts';

/** Features as torchaudio computes them in float64, made by test/fixtures/makeMelFixtures.py. */
export interface MelCase {
  name: string;
  spec: FeatureSpec;
  clip: { shape: [number, number]; data: Float32Array };
  tiny: { shape: [number, number]; data: Float32Array };
}

interface Packed {
  shape: [number, number];
  data: string;
}

export function readMelCases(): MelCase[] {
  const cases = JSON.parse(read('features.json').toString()) as {
    name: string;
    spec: object;
    clip: Packed;
    tiny: Packed;
  }[];
  return cases.map(({ name, spec, clip, tiny }) => ({
    name,
    spec: melSpec(spec),
    clip: unpack(clip),
    tiny: unpack(tiny),
  }));
}

/** The fixtures hold features before normalisation. */
export function melSpec(keys: object): FeatureSpec {
  return featuresSchema.parse({ ...keys, normalization: 'none' });
}

/** Samples of clip.pcm (1.4 s, synthetic, with the dynamics of speech) or tiny.pcm (100 samples). */
export function readMelClip(name: 'clip' | 'tiny'): Float32Array {
  const bytes = read(`${name}.pcm`);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32_768);
}

/** In dB. The product promises 1e-3; float64 up to the power and decibels in float32 (a step is 7.6e-6 at −100 dB) leave this. */
export const audibleTolerance = 3e-5;

/** Largest difference in dB where `expected` is within 80 dB of its maximum. */
export function audibleDifference(actual: Float32Array, expected: Float32Array, spec: FeatureSpec): number {
  const decibels = decibelsPerUnit(spec);
  const floor = expected.reduce((a, b) => Math.max(a, b)) - 80 / decibels;
  let largest = 0;
  for (const [i, value] of expected.entries()) {
    if (value < floor) continue;
    const difference = Math.abs(actual[i]! - value) * decibels;
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export function decibelsPerUnit(spec: FeatureSpec): number {
  return spec.scale === 'minusOneToOne' ? spec.topDb! / 2 : 1;
}

function unpack({ shape, data }: Packed) {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return { shape, data: new Float32Array(bytes.buffer) };
}

function read(name: string): Buffer {
  return readFileSync(new URL(`fixtures/mel/${name}`, import.meta.url));
}
