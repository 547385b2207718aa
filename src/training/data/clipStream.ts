import { type AudioClip, openAudio, readMono } from '../../dsp/audioFile.ts';
import { fitLength } from '../../dsp/readAtRate.ts';
import { type Resampler, reducedRatio } from '../../dsp/resample.ts';
import { type ClipRange, someFrames } from './clipReader.ts';
import { withFile } from './fileSource.ts';

/** A part of a recording that is read as it is needed: any length of audio in little memory. */
export interface ClipStream {
  /** Length at the rate asked for; the same as that of `readClip`, and without its limit. */
  samples: number;
  /** Mono samples [start, end) at that rate: the same values as that part of the whole clip. */
  read(start: number, end: number): Promise<Float32Array>;
}

/** Input samples that a resampled one depends on to either side, at equal rates (taps of the filter). */
const filterTaps = 160;

/** Lends a clip for as long as `use` runs. Throws as `readClip` does. */
export function withClipStream<T>(
  range: ClipRange,
  sampleRateHz: number,
  resampler: Resampler,
  use: (stream: ClipStream) => Promise<T>,
): Promise<T> {
  return withFile(range.file, async (source) => {
    const clip = await openAudio(source);
    const { start, count } = someFrames(clip, range);
    const [from, to] = reducedRatio(clip.info.sampleRateHz, sampleRateHz);
    const samples = Math.max(1, Math.round((count * to) / from));
    if (from === to) return use({ samples, read: (first, end) => readMono(clip, start + first, end - first) });
    const part = { clip, start, count, sampleRateHz, resampler, from, to };
    return use({ samples, read: (first, end) => readResampled(part, first, end) });
  });
}

interface ResampledPart {
  clip: AudioClip;
  start: number;
  count: number;
  sampleRateHz: number;
  resampler: Resampler;
  /** Rates in lowest terms. */
  from: number;
  to: number;
}

/**
 * Every `from` samples the filter is at the phase that it begins with, so a piece that starts there and reaches as far
 * back and forth as the filter does gives the very bits of the whole clip.
 */
async function readResampled(part: ResampledPart, first: number, end: number): Promise<Float32Array> {
  const { clip, start, count, sampleRateHz, resampler, from, to } = part;
  const reach = Math.ceil(filterTaps * Math.max(1, from / to));
  const block = Math.max(0, Math.floor(first / to) - Math.ceil(reach / from));
  const inputFrom = block * from;
  const inputTo = Math.min(count, Math.ceil(end / to) * from + reach);
  const native = await readMono(clip, start + inputFrom, inputTo - inputFrom);
  const resampled = resampler.resample(native, clip.info.sampleRateHz, sampleRateHz);
  const skipped = block * to;
  return fitLength(resampled.subarray(first - skipped, end - skipped), end - first);
}
