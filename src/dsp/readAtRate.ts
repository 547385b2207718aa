import type { AudioClip } from './audioClip.ts';
import { readMono } from './audioFile.ts';
import { type Resampler, resampledLength } from './resample.ts';

/** The mean of the channels over a range at another rate, `lengthAtRate` samples: what features of the range are made of. */
export async function readAtRate(
  clip: AudioClip,
  startFrame: number,
  frameCount: number,
  sampleRateHz: number,
  resampler: Resampler,
): Promise<Float32Array> {
  const native = await readMono(clip, startFrame, frameCount);
  const rate = clip.info.sampleRateHz;
  const samples = rate === sampleRateHz ? native : resampler.resample(native, rate, sampleRateHz);
  return fitLength(samples, lengthAtRate(frameCount, rate, sampleRateHz));
}

/** A clip of one sample must stay one, whatever its rate. */
export function lengthAtRate(count: number, fromHz: number, toHz: number): number {
  return Math.max(1, resampledLength(count, fromHz, toHz));
}

/** Cuts or zero-pads to a length; resamplers may differ from it by a sample. */
export function fitLength(samples: Float32Array, length: number): Float32Array {
  if (samples.length === length) return samples;
  const fitted = new Float32Array(length);
  fitted.set(samples.subarray(0, length));
  return fitted;
}
