import { formatOf, inDecibels, utteranceFrames } from '../../../../asr/dataset/recordingLevels.ts';
import { type AudioClip, openAudio, readMono } from '../../../../dsp/audioFile.ts';
import type { FeatureMatrix } from '../../../../dsp/featureMatrix.ts';
import { createFeatureExtractor } from '../../../../dsp/features.ts';
import { inspectSamples } from '../../../../dsp/inspectAudio.ts';
import { loadResampler } from '../../../../dsp/resample.ts';
import { buildColormap } from '../../../../shared/colormap.ts';
import { featuresSchema } from '../../../../shared/config/featuresSchema.ts';
import { UserError } from '../../../../shared/problem.ts';
import { openFileSource } from '../../../services/fileSource.ts';
import type { ClipCard, ClipPlace } from '../workerProtocol.ts';
import { encodePng } from './encodePng.ts';

/** A hover must come at once: of a longer utterance the beginning is shown. */
const longestSec = 30;
const width = 360;
const height = 80;
/** From the loudest cell down. */
const rangeDb = 70;

/** Picture and figures of one utterance; what cannot be read is said in words. Bugs pass through. */
export async function describeClip(place: ClipPlace, light: boolean): Promise<ClipCard> {
  try {
    const source = await openFileSource(place.file);
    try {
      return await describe(await openAudio(source), place, light);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof UserError) return { readable: false, message: error.message };
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    return { readable: false, message: messageOf(error as NodeJS.ErrnoException) };
  }
}

const messageOf = ({ code, message }: NodeJS.ErrnoException) =>
  code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : message;

async function describe(clip: AudioClip, place: ClipPlace, light: boolean): Promise<ClipCard> {
  const { sampleRateHz, frames: inFile } = clip.info;
  const { startFrame, frames } = utteranceFrames(clip, place);
  if (frames <= 0)
    return {
      readable: false,
      message: inFile === 0 ? 'it holds no samples' : 'the recording ends before the utterance begins',
    };
  const shown = Math.min(frames, longestSec * sampleRateHz);
  const { levels } = await inspectSamples(clip, { startFrame, frames: shown });
  const samples = await readMono(clip, startFrame, shown);
  return {
    readable: true,
    picture: (await paint(samples, sampleRateHz, light)).buffer as ArrayBuffer,
    durationSec: frames / sampleRateHz,
    shownSec: shown / sampleRateHz,
    format: formatOf(clip),
    ...{ rmsDb: inDecibels(levels.rms), peakDb: inDecibels(levels.peak), clippedSamples: levels.clippedSamples },
  };
}

/** With the features that training uses by default. */
async function paint(samples: Float32Array, sampleRateHz: number, light: boolean): Promise<Uint8Array> {
  const spec = featuresSchema.parse({});
  const extractor = await createFeatureExtractor(spec);
  const resampled =
    sampleRateHz === spec.sampleRateHz
      ? samples
      : (await loadResampler()).resample(samples, sampleRateHz, spec.sampleRateHz);
  const part = { samples: resampled, firstSample: 0, totalSamples: resampled.length };
  const matrix = extractor.decibels(part, { firstFrame: 0, frames: extractor.frameCount(resampled.length) });
  return encodePng(toPixels(matrix), width, height, paletteFor(light));
}

/** The loudest frame and band under each pixel, low bands at the bottom. */
export function toPixels({ frames, bins, data }: FeatureMatrix): Uint8Array {
  const loudest = data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const pixels = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    const first = Math.floor((x * frames) / width);
    const last = Math.max(first + 1, Math.floor(((x + 1) * frames) / width));
    for (let y = 0; y < height; y++) {
      const bin = Math.min(bins - 1, Math.floor(((height - 1 - y) * bins) / height));
      let level = Number.NEGATIVE_INFINITY;
      for (let frame = first; frame < last; frame++) level = Math.max(level, data[frame * bins + bin]!);
      pixels[y * width + x] = Math.max(0, Math.min(255, Math.round(255 * (1 + (level - loudest) / rangeDb))));
    }
  }
  return pixels;
}

/** Bright on dark, and like ink on a light page. */
function paletteFor(light: boolean): Uint8Array {
  const map = buildColormap(light ? 'grey' : 'magma');
  return light ? Uint8Array.from({ length: map.length }, (_, i) => map[(255 - (i >> 2)) * 4 + (i & 3)]!) : map;
}
