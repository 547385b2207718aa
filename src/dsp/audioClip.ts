import type { Problem } from '../shared/problem.ts';
import { AudioError } from './audioError.ts';
import type { ContainerName } from './containers.ts';

/** What a file says about its audio, and what is odd about it. */
export interface AudioInfo {
  container: ContainerName;
  /** `pcm-u8`, `pcm-s16`, `pcm-s24`, `pcm-s32`, `float-32`, `float-64`, `a-law`, `mu-law`, `ima-adpcm`, `ms-adpcm`, `flac-s16`, `mp3`, `vorbis`, `opus`… */
  encoding: string;
  sampleRateHz: number;
  channels: number;
  frames: number;
  durationSec: number;
  problems: Problem[];
}

/** One audio file, read by ranges. */
export interface AudioClip {
  readonly info: AudioInfo;
  /**
   * One array per channel, −1..1 (integers are divided by 2^(bits−1); floats come as they are, NaN included).
   * The range is cut to the clip. Throws AudioError when the file was corrupted or changed underneath.
   */
  readSamples(startFrame: number, frameCount: number): Promise<Float32Array[]>;
  /** Missing where the file's samples are not numbers of a fixed size: block codecs hold at most 16 bits of them. */
  readonly exact?: ExactSamples;
}

/** How a plain WAV file stores a sample. */
export interface SampleFormat {
  codec: 'pcm' | 'float' | 'a-law' | 'mu-law';
  /** 1 to 4 for pcm (8 bits are unsigned), 4 or 8 for float, 1 for the laws. */
  sampleBytes: number;
}

/** The samples bit for bit, as a plain little-endian WAV file holds them. */
export interface ExactSamples {
  readonly format: SampleFormat;
  /** Interleaved frames of the range, which is cut to the clip. Throws AudioError as `readSamples` does. */
  read(startFrame: number, frameCount: number): Promise<Uint8Array>;
}

/** One range may have at most this many samples per channel: 4.6 hours at 16 kHz, 1 GB. */
const maxRangeFrames = 2 ** 28;

/** A frame range cut to [0, frames], as whole numbers [start, end). Throws AudioError when it is too long to hold. */
export function clampRange(startFrame: number, frameCount: number, frames: number): [number, number] {
  const start = Math.min(frames, Math.max(0, Math.trunc(startFrame) || 0));
  const count = frameCount > 0 ? Math.trunc(Math.min(frameCount, frames - start)) : 0;
  if (count > maxRangeFrames)
    throw new AudioError(
      'audio-range',
      `${count} frames are too many to hold; is the length of ${frames} frames real?`,
    );
  return [start, start + count];
}
