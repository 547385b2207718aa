import { type AudioClip, type AudioInfo, clampRange, type ExactSamples, type SampleFormat } from '../audioClip.ts';
import { AudioError, audioWarning } from '../audioError.ts';
import type { ByteSource } from '../byteSource.ts';
import type { ContainerName } from '../containers.ts';
import { releaseArray } from '../releaseArray.ts';
import { adpcmBlockDecoder } from './adpcm.ts';
import { sampleDecoder } from './sampleDecoder.ts';
import { readWavHeader, type WavHeader } from './wavHeader.ts';

/** Opens a file of the WAV family; samples are read by ranges of the data chunk. */
export async function openWav(source: ByteSource, container: ContainerName): Promise<AudioClip> {
  const header = await readWavHeader(source, container);
  const frames = countFrames(header);
  const { format, problems } = header;
  if (frames === 0)
    problems.push(audioWarning('audio-empty', 'the file holds no samples; remove it from the manifest'));
  const info: AudioInfo = {
    container,
    encoding: format.encoding,
    sampleRateHz: format.sampleRateHz,
    channels: format.channels,
    frames,
    durationSec: frames / format.sampleRateHz,
    problems,
  };
  const read = format.blockCodec ? blockReader(source, header) : plainReader(source, header);
  return {
    info,
    ...(format.blockCodec ? {} : { exact: exactReader(source, header, frames) }),
    readSamples(startFrame, frameCount) {
      const [start, end] = clampRange(startFrame, frameCount, frames);
      return end > start ? read(start, end) : Promise.resolve(emptyChannels(format.channels));
    },
  };
}

type RangeReader = (start: number, end: number) => Promise<Float32Array[]>;

function countFrames(header: WavHeader): number {
  const { format, dataBytes, problems } = header;
  if (!format.blockCodec) {
    const rest = dataBytes % format.blockAlign;
    if (rest !== 0)
      problems.push(
        audioWarning('audio-partial-frame', `${rest} bytes after the last whole frame were ignored`, 'info'),
      );
    return Math.floor(dataBytes / format.blockAlign);
  }
  const { samplesPerBlock } = format.blockCodec;
  const wholeBlocks = Math.floor(dataBytes / format.blockAlign);
  // As libsndfile, SoX and FFmpeg: whole blocks count, also where a fact chunk says that the last is partly padding.
  return wholeBlocks * samplesPerBlock + samplesInPart(header, dataBytes % format.blockAlign);
}

/** Samples in a last block that was cut. */
function samplesInPart(header: WavHeader, bytes: number): number {
  const { codec, channels, blockCodec } = header.format;
  const headerBytes = (codec === 'ima-adpcm' ? 4 : 7) * channels;
  if (bytes < headerBytes) return 0;
  const payload = bytes - headerBytes;
  const count =
    codec === 'ima-adpcm' ? 1 + Math.floor(payload / (4 * channels)) * 8 : 2 + Math.floor((payload * 2) / channels);
  return Math.min(count, blockCodec!.samplesPerBlock);
}

function plainReader(source: ByteSource, header: WavHeader): RangeReader {
  const { format, dataOffset, littleEndian } = header;
  const decode = sampleDecoder(format, littleEndian);
  return async (start, end) => {
    const length = (end - start) * format.blockAlign;
    const bytes = await readExactly(source, dataOffset + start * format.blockAlign, length);
    const channels = decode(bytes, end - start);
    if (source.fresh) releaseArray(bytes);
    return channels;
  };
}

/** The bytes of the file themselves, turned round where it is big-endian. */
function exactReader(source: ByteSource, header: WavHeader, frames: number): ExactSamples {
  const { format, dataOffset, littleEndian } = header;
  const { blockAlign, sampleBytes } = format;
  return {
    format: { codec: format.codec as SampleFormat['codec'], sampleBytes },
    async read(startFrame, frameCount) {
      const [start, end] = clampRange(startFrame, frameCount, frames);
      const bytes = await readExactly(source, dataOffset + start * blockAlign, (end - start) * blockAlign);
      if (littleEndian || sampleBytes === 1) return bytes;
      const turned = Uint8Array.from(bytes);
      for (let at = 0; at < turned.length; at += sampleBytes) turned.subarray(at, at + sampleBytes).reverse();
      return turned;
    },
  };
}

function blockReader(source: ByteSource, header: WavHeader): RangeReader {
  const { format, dataOffset, dataBytes } = header;
  const { samplesPerBlock } = format.blockCodec!;
  const decode = adpcmBlockDecoder(format);
  return async (start, end) => {
    const result = Array.from({ length: format.channels }, () => new Float32Array(end - start));
    const block = Array.from({ length: format.channels }, () => new Float32Array(samplesPerBlock));
    const firstBlock = Math.floor(start / samplesPerBlock);
    const lastBlock = Math.floor((end - 1) / samplesPerBlock);
    const from = firstBlock * format.blockAlign;
    const to = Math.min(dataBytes, (lastBlock + 1) * format.blockAlign);
    const bytes = await readExactly(source, dataOffset + from, to - from);
    for (let index = firstBlock; index <= lastBlock; index++) {
      const at = (index - firstBlock) * format.blockAlign;
      decode(bytes.subarray(at, at + format.blockAlign), block);
      const base = index * samplesPerBlock;
      const first = Math.max(start, base);
      const last = Math.min(end, base + samplesPerBlock);
      for (let c = 0; c < result.length; c++)
        result[c]!.set(block[c]!.subarray(first - base, last - base), first - start);
    }
    return result;
  };
}

async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length < length)
    throw new AudioError('audio-changed', 'the file became shorter after it was opened; open it again');
  return bytes;
}

/** A header may claim 65,535 channels: nothing is made for each of them. */
function emptyChannels(channels: number): Float32Array[] {
  return new Array<Float32Array>(channels).fill(new Float32Array(0));
}
