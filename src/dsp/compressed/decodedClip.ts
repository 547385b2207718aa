import { type AudioClip, type AudioInfo, clampRange } from '../audioClip.ts';
import { AudioError } from '../audioError.ts';

/** Decoded samples as they come, 16 bits each: what a decoder's output is once it is written to a file. */
export interface DecodedSamples {
  readonly channels: number;
  /** Frames so far. */
  readonly frames: number;
  /** Takes one array of −1..1 per channel; beyond full scale it saturates. Throws AudioError when it gets too long to hold. */
  append(parts: readonly Float32Array[]): void;
  /** Takes interleaved 16-bit samples, whole frames. */
  appendInterleaved(samples: Int16Array): void;
  /** Interleaved samples of the frames [start, end). */
  slice(start: number, end: number): Int16Array;
}

/** 512 MiB: 46 minutes of stereo or 93 of mono at 48 kHz take half of it. */
const maxSamples = 2 ** 28;
const blockSamples = 2 ** 18;

/** `maxHeld` bounds the samples of all channels together. */
export function createDecodedSamples(channels: number, rateHz: number, maxHeld = maxSamples): DecodedSamples {
  const blocks: Int16Array[] = [];
  let count = 0;
  const room = (samples: number): void => {
    if (count + samples > maxHeld)
      throw new AudioError(
        'audio-range',
        `longer than ${Math.floor(maxHeld / channels / rateHz / 60)} minutes, which is as much compressed audio as is held at once; convert it to FLAC or WAV, which are read piece by piece: \`ffmpeg -i IN OUT.flac\``,
      );
    while (blocks.length * blockSamples < count + samples) blocks.push(new Int16Array(blockSamples));
  };
  const appendInterleaved = (samples: Int16Array): void => {
    room(samples.length);
    for (let done = 0; done < samples.length; ) {
      const at = count % blockSamples;
      const part = samples.subarray(done, done + blockSamples - at);
      blocks[Math.floor(count / blockSamples)]!.set(part, at);
      count += part.length;
      done += part.length;
    }
  };
  return {
    channels,
    get frames() {
      return count / channels;
    },
    append: (parts) => appendInterleaved(interleave(parts)),
    appendInterleaved,
    slice(start, end) {
      const result = new Int16Array((end - start) * channels);
      for (let done = 0; done < result.length; ) {
        const place = start * channels + done;
        const at = place % blockSamples;
        const part = blocks[Math.floor(place / blockSamples)]!.subarray(at, at + result.length - done);
        result.set(part, done);
        done += part.length;
      }
      return result;
    },
  };
}

/** The clip of what was decoded, without the first `skip` frames; `info` says how many follow. */
export function decodedClip(samples: DecodedSamples, skip: number, info: AudioInfo): AudioClip {
  const { channels, frames } = info;
  const range = (startFrame: number, frameCount: number): Int16Array => {
    const [start, end] = clampRange(startFrame, frameCount, frames);
    return samples.slice(skip + start, skip + end);
  };
  return {
    info,
    readSamples(startFrame, frameCount) {
      const interleaved = range(startFrame, frameCount);
      const parts = Array.from({ length: channels }, () => new Float32Array(interleaved.length / channels));
      for (const [c, part] of parts.entries())
        for (let i = 0; i < part.length; i++) part[i] = interleaved[i * channels + c]! / 32768;
      return Promise.resolve(parts);
    },
    exact: {
      format: { codec: 'pcm', sampleBytes: 2 },
      read(startFrame, frameCount) {
        const interleaved = range(startFrame, frameCount);
        const bytes = new Uint8Array(2 * interleaved.length);
        for (let i = 0; i < interleaved.length; i++) {
          bytes[2 * i] = interleaved[i]!;
          bytes[2 * i + 1] = interleaved[i]! >> 8;
        }
        return Promise.resolve(bytes);
      },
    },
  };
}

function interleave(parts: readonly Float32Array[]): Int16Array {
  const count = parts[0]?.length ?? 0;
  const samples = new Int16Array(count * parts.length);
  for (const [c, part] of parts.entries())
    for (let i = 0; i < count; i++)
      samples[i * parts.length + c] = Math.max(-32768, Math.min(32767, Math.round(part[i]! * 32768)));
  return samples;
}
