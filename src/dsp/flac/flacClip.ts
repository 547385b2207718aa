import { type AudioClip, type AudioInfo, clampRange } from '../audioClip.ts';
import { AudioError, audioWarning } from '../audioError.ts';
import type { ByteSource } from '../byteSource.ts';
import type { FlacFrame } from './flacFrame.ts';
import { readFlacHeader } from './flacHeader.ts';
import { createFrameReader, type FrameReader } from './frameReader.ts';

/**
 * Opens FLAC. Reads the metadata and the last frame (which tells a cut file from a whole one); ranges are found by
 * bisection over frame headers, and reading on from where the last range ended costs no seek.
 */
export async function openFlac(source: ByteSource, offset = 0): Promise<AudioClip> {
  const header = await readFlacHeader(source, offset);
  const reader = createFrameReader(source, header);
  const problems: AudioInfo['problems'] = [];
  const frames = await reader.findEnd();
  if (frames < header.totalSamples)
    problems.push(
      audioWarning(
        'audio-truncated',
        `the header promises ${header.totalSamples} frames, the file has ${frames}; it was read to its end`,
      ),
    );
  else if (header.totalSamples === 0)
    problems.push(audioWarning('audio-size', 'the encoder left the length out of the header', 'info'));
  if (frames === 0)
    problems.push(audioWarning('audio-empty', 'the file holds no samples; remove it from the manifest'));
  const { channels, bitsPerSample, sampleRateHz } = header;
  const info: AudioInfo = {
    container: 'flac',
    encoding: `flac-s${bitsPerSample}`,
    sampleRateHz,
    channels,
    frames,
    durationSec: frames / sampleRateHz,
    problems,
  };
  let last: Promise<unknown> = Promise.resolve();
  // The reader has one position, so concurrent calls wait for each other.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const sampleBytes = Math.ceil(bitsPerSample / 8);
  return {
    info,
    readSamples(startFrame, frameCount) {
      const [start, end] = clampRange(startFrame, frameCount, frames);
      return inTurn(() => readFloats(reader, start, end, channels, bitsPerSample));
    },
    exact: {
      format: { codec: 'pcm', sampleBytes },
      read(startFrame, frameCount) {
        const [start, end] = clampRange(startFrame, frameCount, frames);
        return inTurn(() => readBytes(reader, start, end, channels, bitsPerSample));
      },
    },
  };
}

async function readFloats(reader: FrameReader, start: number, end: number, channels: number, bitsPerSample: number) {
  const result = Array.from({ length: channels }, () => new Float32Array(end - start));
  const scale = 2 ** (1 - bitsPerSample);
  await walkFrames(reader, start, end, (frame, from, count, offset) => {
    for (let c = 0; c < channels; c++) {
      const out = result[c]!;
      const samples = frame.samples[c]!;
      for (let i = 0; i < count; i++) out[offset + i] = samples[from + i]! * scale;
    }
  });
  return result;
}

/** As a WAV file of the next whole number of bytes holds them: left-justified, 8 bits unsigned. */
async function readBytes(reader: FrameReader, start: number, end: number, channels: number, bitsPerSample: number) {
  const sampleBytes = Math.ceil(bitsPerSample / 8);
  const shift = 8 * sampleBytes - bitsPerSample;
  const bytes = new Uint8Array((end - start) * channels * sampleBytes);
  await walkFrames(reader, start, end, (frame, from, count, offset) => {
    for (let c = 0; c < channels; c++) {
      const samples = frame.samples[c]!;
      let at = (offset * channels + c) * sampleBytes;
      for (let i = 0; i < count; i++, at += channels * sampleBytes) {
        const value = (samples[from + i]! << shift) + (sampleBytes === 1 ? 128 : 0);
        for (let byte = 0; byte < sampleBytes; byte++) bytes[at + byte] = value >> (8 * byte);
      }
    }
  });
  return bytes;
}

/** Calls `take` with each frame's part of the range: its first sample, how many, and their place in the range. */
async function walkFrames(
  reader: FrameReader,
  start: number,
  end: number,
  take: (frame: FlacFrame, from: number, count: number, offset: number) => void,
): Promise<void> {
  for (let at = start; at < end; ) {
    const frame = await reader.frameAt(at);
    const from = at - frame.firstSample;
    const count = Math.min(end - at, frame.blockSize - from);
    if (from < 0 || count <= 0) throw corrupt(frame, at);
    take(frame, from, count, at - start);
    at += count;
  }
}

function corrupt(frame: FlacFrame, sample: number): AudioError {
  return new AudioError(
    'audio-corrupt',
    `the FLAC frame at sample ${frame.firstSample} does not lead to sample ${sample}`,
  );
}
