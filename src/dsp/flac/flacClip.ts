import type { AudioClip, AudioInfo } from '../audioClip.ts';
import { clampRange } from '../audioClip.ts';
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
  return {
    info,
    readSamples(startFrame, frameCount) {
      const [start, end] = clampRange(startFrame, frameCount, frames);
      // The reader has one position, so concurrent calls wait for each other.
      const result = last.then(() => readRange(reader, start, end, channels, bitsPerSample));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

async function readRange(
  reader: FrameReader,
  start: number,
  end: number,
  channels: number,
  bitsPerSample: number,
): Promise<Float32Array[]> {
  const result = Array.from({ length: channels }, () => new Float32Array(end - start));
  const scale = 2 ** (1 - bitsPerSample);
  for (let at = start; at < end; ) {
    const frame = await reader.frameAt(at);
    const from = at - frame.firstSample;
    const count = Math.min(end - at, frame.blockSize - from);
    if (from < 0 || count <= 0) throw corrupt(frame, at);
    for (let c = 0; c < channels; c++) {
      const out = result[c]!;
      const samples = frame.samples[c]!;
      for (let i = 0; i < count; i++) out[at - start + i] = samples[from + i]! * scale;
    }
    at += count;
  }
  return result;
}

function corrupt(frame: FlacFrame, sample: number): AudioError {
  return new AudioError(
    'audio-corrupt',
    `the FLAC frame at sample ${frame.firstSample} does not lead to sample ${sample}`,
  );
}
