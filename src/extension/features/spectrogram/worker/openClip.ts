import { type AudioClip, openAudio } from '../../../../dsp/audioFile.ts';
import { type ByteSource, memorySource } from '../../../../dsp/byteSource.ts';
import { createFeatureExtractor, type FeatureExtractor } from '../../../../dsp/features.ts';
import { loadResampler, type Resampler } from '../../../../dsp/resample.ts';
import { defaultFeatures } from '../../../../shared/config/defaultFeatures.ts';
import { featureBins } from '../../../../shared/config/derived.ts';
import { type Problem, UserError } from '../../../../shared/problem.ts';
import { mixedChannels, type OpenedClip } from '../../../../shared/protocol/spectrogram.ts';
import { type FileSource, openFileSource } from '../../../services/fileSource.ts';
import type { ClipPlace } from '../workerProtocol.ts';
import { type ClipTiles, createClipTiles } from './clipTiles.ts';

export interface OpenClip {
  clip: AudioClip;
  extractor: FeatureExtractor;
  resampler: Resampler | undefined;
  sizeBytes: number;
  close(): Promise<void>;
}

/** Opens a recording with the features that training uses by default. Throws UserError for what cannot be decoded. */
export async function openClip(place: ClipPlace): Promise<OpenClip> {
  const source: ByteSource & Partial<FileSource> =
    'path' in place ? await openFileSource(place.path) : memorySource(new Uint8Array(place.bytes));
  const close = async () => source.close?.();
  try {
    const clip = await openAudio(source);
    const spec = defaultFeatures;
    const extractor = await createFeatureExtractor(spec);
    const resampler = clip.info.sampleRateHz === spec.sampleRateHz ? undefined : await loadResampler();
    return { clip, extractor, resampler, sizeBytes: source.size, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a view is told about a recording. */
export function describeClip(name: string, open: OpenClip, tiles: ClipTiles): OpenedClip {
  const { container, encoding, sampleRateHz, channels, frames, durationSec, problems } = open.clip.info;
  const { spec } = open.extractor;
  return {
    readable: true,
    name,
    problems,
    facts: { container, encoding, sampleRateHz, channels, samples: frames, durationSec, sizeBytes: open.sizeBytes },
    features: {
      sampleRateHz: spec.sampleRateHz,
      hopSamples: spec.hopSamples,
      bins: featureBins(spec),
      melScale: spec.melScale,
      lowHz: spec.lowHz,
      highHz: spec.highHz ?? spec.sampleRateHz / 2,
    },
    spectrogram: tiles.spectrogramGrid,
    waveform: tiles.waveformGrid,
  };
}

/** Why a recording cannot be shown: what is wrong with the file, or that it cannot be read at all. Bugs pass through. */
export function describeFailure(name: string, error: unknown, sizeBytes: number): OpenedClip {
  if (error instanceof UserError) {
    const problems: Problem[] = error.problems.length
      ? [...error.problems]
      : [{ code: 'audio-unreadable', severity: 'error', message: error.message }];
    return { readable: false, name, sizeBytes, problems };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') throw error;
  return { readable: false, name, sizeBytes, problems: [{ code: 'file-unreadable', severity: 'error', message }] };
}

export const tilesOf = (open: OpenClip, channel = mixedChannels): ClipTiles =>
  createClipTiles(open.clip, channel, open.extractor, open.resampler);
