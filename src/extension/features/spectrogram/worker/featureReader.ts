import type { FeatureMatrix } from '../../../../dsp/featureMatrix.ts';
import type { PictureExtractor } from '../../../../dsp/picture/pictureExtractor.ts';
import { type Resampler, resampledLength } from '../../../../dsp/resample.ts';
import type { ChannelReader } from './channelReader.ts';

/** Samples of the file, as they were read. */
export interface SourceRange {
  samples: Float32Array;
  firstSample: number;
}

/** The decibels of a picture of the whole clip, for any run of frames. */
export interface FeatureReader {
  readonly extractor: PictureExtractor;
  readonly frames: number;
  /** Samples of the file that a run of frames needs, [start, end). */
  sourceOf(firstFrame: number, frames: number): { start: number; end: number };
  /** [frames, bins]; `source` must hold what `sourceOf` asks for. */
  decibels(source: SourceRange, firstFrame: number, frames: number): FeatureMatrix;
  readDecibels(firstFrame: number, frames: number): Promise<FeatureMatrix>;
}

/** How far beyond a stretch the resampler looks, in samples of the slower rate; its filters are shorter. */
const resamplerReach = 256;

export function createFeatureReader(
  reader: ChannelReader,
  extractor: PictureExtractor,
  resampler: Resampler | undefined,
): FeatureReader {
  const { sampleRateHz: toHz, hopSamples, fftSize } = extractor.scale;
  const fromHz = reader.sampleRateHz;
  const divisor = greatestCommonDivisor(fromHz, toHz);
  // So many samples of the file are exactly so many of the resampled clip: only there may a stretch begin.
  const sourcePeriod = fromHz / divisor;
  const targetPeriod = toHz / divisor;
  const totalSource = reader.totalSamples;
  const totalTarget = fromHz === toHz ? totalSource : resampledLength(totalSource, fromHz, toHz);
  const frames = totalSource === 0 ? 0 : extractor.frameCount(totalTarget);
  const reach = fromHz === toHz ? 0 : Math.ceil((resamplerReach * Math.max(fromHz, toHz)) / fromHz);

  const sourceOf = (firstFrame: number, count: number) => {
    const startTarget = firstFrame * hopSamples - fftSize / 2 - reach;
    const endTarget = (firstFrame + count - 1) * hopSamples + fftSize / 2 + reach;
    const start = Math.max(0, Math.floor(startTarget / targetPeriod) * sourcePeriod);
    return { start, end: Math.min(totalSource, Math.ceil(endTarget / targetPeriod) * sourcePeriod) };
  };
  const decibels = (source: SourceRange, firstFrame: number, count: number): FeatureMatrix => {
    const { start, end } = sourceOf(firstFrame, count);
    const from = start - source.firstSample;
    const samples = source.samples.subarray(from, from + end - start);
    const resampled = resampler && fromHz !== toHz ? resampler.resample(samples, fromHz, toHz) : samples;
    const firstSample = (start / sourcePeriod) * targetPeriod;
    const part = { samples: fitTo(resampled, end === totalSource ? totalTarget - firstSample : 0), firstSample };
    return extractor.decibels({ ...part, totalSamples: totalTarget }, { firstFrame, frames: count });
  };
  return {
    extractor,
    frames,
    sourceOf,
    decibels,
    async readDecibels(firstFrame, count) {
      const { start, end } = sourceOf(firstFrame, count);
      return decibels({ samples: await reader.read(start, end - start), firstSample: start }, firstFrame, count);
    },
  };
}

/** At least `length` samples: a stretch that ends with the clip may come out one short of the clip's rounded length. */
function fitTo(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const longer = new Float32Array(length);
  longer.set(samples);
  return longer;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
