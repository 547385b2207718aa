import { openAudio } from '../../dsp/audioFile.ts';
import { UserError } from '../../shared/problem.ts';
import { maxSamplesPerPull, type SoundPiece } from '../../shared/protocol/samples.ts';
import { openFileSource } from './fileSource.ts';

/** A stretch of a recording. */
export interface SoundPlace {
  file: string;
  startSec: number;
  durationSec: number;
}

/**
 * A piece of a stretch as sound; of a recording with several channels their mean, which is what the model hears. Import this
 * module on use: a bundle of its own holds the readers of audio.
 */
export async function readSound(place: SoundPlace, startSample: number, count: number): Promise<SoundPiece> {
  const source = await openFileSource(place.file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new UserError(`there is no file ${place.file}`) : error;
  });
  try {
    const clip = await openAudio(source);
    const { sampleRateHz, frames } = clip.info;
    const first = Math.min(frames, Math.round(place.startSec * sampleRateHz));
    const totalSamples = Math.min(frames - first, Math.round(place.durationSec * sampleRateHz));
    const start = Math.max(0, Math.min(totalSamples, startSample));
    const wanted = Math.max(0, Math.min(maxSamplesPerPull, count, totalSamples - start));
    const channels = await clip.readSamples(first + start, wanted);
    return { sampleRateHz, totalSamples, data: mixed(channels).buffer as ArrayBuffer };
  } finally {
    await source.close();
  }
}

/** Of its own memory, so that only these samples cross the wire. */
function mixed(channels: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels)
    for (let i = 0; i < mean.length; i++) mean[i]! += Number.isFinite(channel[i]) ? channel[i]! / channels.length : 0;
  return mean;
}
