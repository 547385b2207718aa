import wavefile from 'wavefile/dist/wavefile.js';
import type { AudioClip, SampleFormat } from '../audioClip.ts';

export interface WavStream {
  /** Bytes of the whole file. */
  readonly totalBytes: number;
  /** The file piece by piece: what is held does not grow with it. */
  pieces(): AsyncGenerator<Uint8Array>;
}

/** Bytes of samples read at a time. */
const pieceBytes = 1 << 20;
const largest32Bit = 0xffffffff;

/**
 * A stretch of a clip as a WAV file of the same rate, channels and sample format: the samples are the source's bit for
 * bit (FLAC as PCM of the next whole bytes, block codecs as the 16 bits they decode to). Above 4 GiB it is an RF64 file.
 * The range is cut to the clip.
 */
export function streamWav(clip: AudioClip, startFrame: number, frameCount: number): WavStream {
  const { channels, sampleRateHz, frames } = clip.info;
  const start = Math.max(0, Math.min(frames, Math.round(startFrame)));
  const count = Math.max(0, Math.min(frames - start, Math.round(frameCount)));
  const format = clip.exact?.format ?? { codec: 'pcm', sampleBytes: 2 };
  const frameBytes = channels * format.sampleBytes;
  const header = renderHeader(format, channels, sampleRateHz, count);
  const padding = (count * frameBytes) % 2;
  const read = clip.exact?.read ?? ((from: number, length: number) => readAs16Bit(clip, from, length));
  return {
    totalBytes: header.length + count * frameBytes + padding,
    async *pieces() {
      yield header;
      const step = Math.max(1, Math.floor(pieceBytes / frameBytes));
      for (let done = 0; done < count; done += step) yield read(start + done, Math.min(step, count - done));
      if (padding) yield new Uint8Array(1);
    },
  };
}

/** The header that wavefile writes for no samples, with the sizes of those that follow. */
function renderHeader(format: SampleFormat, channels: number, sampleRateHz: number, frames: number): Uint8Array {
  const file = new wavefile.WaveFile();
  file.fromScratch(channels, sampleRateHz, depthName(format), []);
  const empty = file.toBuffer();
  const dataBytes = frames * channels * format.sampleBytes;
  // The data chunk is the last, so that its header ends the file.
  const riffBytes = empty.length - 8 + dataBytes + (dataBytes % 2);
  const long = riffBytes > largest32Bit;
  const header = long ? withDs64(empty, riffBytes + ds64Bytes, dataBytes, frames) : Uint8Array.from(empty);
  const view = new DataView(header.buffer);
  view.setUint32(4, long ? largest32Bit : riffBytes, true);
  view.setUint32(header.length - 4, long ? largest32Bit : dataBytes, true);
  // Coded samples carry their count in a fact chunk, just before the data.
  if (format.codec === 'a-law' || format.codec === 'mu-law')
    view.setUint32(header.length - 12, Math.min(largest32Bit, frames), true);
  return header;
}

const ds64Bytes = 36;

/** RF64 (EBU Tech 3306): the true sizes in a chunk before the others. */
function withDs64(header: Uint8Array, riffBytes: number, dataBytes: number, frames: number): Uint8Array {
  const long = new Uint8Array(header.length + ds64Bytes);
  long.set(header.subarray(0, 12));
  long.set(header.subarray(12), 12 + ds64Bytes);
  long.set(new TextEncoder().encode('RF64'));
  long.set(new TextEncoder().encode('ds64'), 12);
  const view = new DataView(long.buffer);
  view.setUint32(16, ds64Bytes - 8, true);
  [riffBytes, dataBytes, frames].forEach((size, index) => {
    view.setUint32(20 + 8 * index, size % 2 ** 32, true);
    view.setUint32(24 + 8 * index, Math.floor(size / 2 ** 32), true);
  });
  return long;
}

function depthName({ codec, sampleBytes }: SampleFormat): string {
  if (codec === 'a-law') return '8a';
  if (codec === 'mu-law') return '8m';
  if (codec === 'float') return sampleBytes === 8 ? '64' : '32f';
  return String(8 * sampleBytes);
}

async function readAs16Bit(clip: AudioClip, startFrame: number, frameCount: number): Promise<Uint8Array> {
  const channels = await clip.readSamples(startFrame, frameCount);
  const frames = channels[0]?.length ?? 0;
  const bytes = new Uint8Array(2 * frames * channels.length);
  const view = new DataView(bytes.buffer);
  channels.forEach((samples, channel) => {
    for (let i = 0; i < frames; i++) {
      const value = Math.max(-32768, Math.min(32767, Math.round(samples[i]! * 32768)));
      view.setInt16(2 * (i * channels.length + channel), value, true);
    }
  });
  return bytes;
}
