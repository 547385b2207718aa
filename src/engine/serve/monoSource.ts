import { type AudioClip, readMono } from '../../dsp/audioFile.ts';
import { type Resampler, resampledLength } from '../../dsp/resample.ts';

/** A clip's mono samples at another rate, read by ranges; each range holds the very samples that reading all would give. */
export interface MonoSource {
  readonly length: number;
  /** [start, start + count), cut to the clip. */
  read(start: number, count: number): Promise<Float32Array>;
}

/** The filter reaches 80 samples of the lower rate to either side; what lies further cannot matter. */
const reach = 96;

export function openMono(clip: AudioClip, sampleRateHz: number, resampler: Resampler): MonoSource {
  const { frames, sampleRateHz: fromHz } = clip.info;
  if (fromHz === sampleRateHz) return { length: frames, read: (start, count) => readMono(clip, start, count) };
  const divisor = greatestCommonDivisor(fromHz, sampleRateHz);
  // So many frames become so many samples, after which the filter stands where it stood.
  const [from, to] = [fromHz / divisor, sampleRateHz / divisor];
  const length = frames === 0 ? 0 : Math.max(1, resampledLength(frames, fromHz, sampleRateHz));
  const margin = Math.ceil(reach * Math.max(1, from / to));
  return {
    length,
    async read(start, count) {
      const end = Math.min(length, start + count);
      if (end <= start) return new Float32Array(0);
      const block = Math.max(0, Math.floor(start / to) - Math.ceil(margin / from));
      const lastFrame = Math.min(frames, Math.ceil((end * from) / to) + margin);
      const native = await readMono(clip, block * from, lastFrame - block * from);
      const resampled = resampler.resample(native, fromHz, sampleRateHz);
      const samples = new Float32Array(end - start);
      samples.set(resampled.subarray(start - block * to, end - block * to));
      return samples;
    },
  };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
