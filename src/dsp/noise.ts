import { createRandom } from '../shared/random.ts';

/** Half a minute at 16 kHz: a stretch of it, repeated, is as good as fresh numbers and costs nothing. */
const whiteSamples = 1 << 19;

/** Gaussian noise, the same on every machine. */
export function whiteNoise(): Float32Array {
  const random = createRandom('white noise');
  return Float32Array.from({ length: whiteSamples }, () => random.normal());
}

/**
 * `samples` plus `noise` from `start` on, repeated where it is shorter, so loud that the ratio of the two root mean
 * squares over the clip is `snrDb`. Silence on either side has no ratio: nothing is added.
 */
export function mixNoise(samples: Float32Array, noise: Float32Array, start: number, snrDb: number): Float32Array {
  if (noise.length === 0) return samples;
  const length = samples.length;
  let speech = 0;
  let sound = 0;
  for (let i = 0, at = start % noise.length; i < length; i++) {
    speech += samples[i]! * samples[i]!;
    sound += noise[at]! * noise[at]!;
    if (++at === noise.length) at = 0;
  }
  const gain = Math.sqrt(speech / sound) * 10 ** (-snrDb / 20);
  // Also where a recording holds what is not a number: it must not spoil the clip.
  if (!(gain > 0 && Number.isFinite(gain))) return samples;
  const mixed = new Float32Array(length);
  for (let i = 0, at = start % noise.length; i < length; i++) {
    mixed[i] = samples[i]! + gain * noise[at]!;
    if (++at === noise.length) at = 0;
  }
  return mixed;
}

/** Louder by `gainDb`; nothing is clipped. */
export function changeGain(samples: Float32Array, gainDb: number): Float32Array {
  if (gainDb === 0) return samples;
  const factor = 10 ** (gainDb / 20);
  const louder = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) louder[i] = samples[i]! * factor;
  return louder;
}
