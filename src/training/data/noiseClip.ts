import type { Resampler } from '../../dsp/resample.ts';
import { type ClipRange, readClip } from './clipReader.ts';

/** A recording of noise, or a part of one. */
export interface NoiseClip {
  range: ClipRange;
  /** At the rate of the features. */
  samples: number;
}

/** At least the part of a recording that is mixed into `length` samples, and where in it to begin. */
export async function readNoise(
  { range, samples }: NoiseClip,
  section: number,
  length: number,
  sampleRateHz: number,
  resampler: Resampler,
): Promise<{ samples: Float32Array; start: number }> {
  if (samples <= length)
    return { samples: await readClip(range, sampleRateHz, resampler), start: Math.floor(section * samples) };
  const first = Math.floor(section * (samples - length + 1));
  const offsetSec = (range.offsetSec ?? 0) + first / sampleRateHz;
  const part = { file: range.file, offsetSec, durationSec: length / sampleRateHz };
  return { samples: await readClip(part, sampleRateHz, resampler), start: 0 };
}
