import { AudioError } from '../audioError.ts';
import { type ByteSource, windowedSource } from '../byteSource.ts';
import { asciiText } from '../containers.ts';

/** The STREAMINFO block and where the frames begin. Source: RFC 9639 §8.2. */
export interface FlacStreamInfo {
  minBlockSize: number;
  maxBlockSize: number;
  /** 0 where the encoder did not know. */
  maxFrameBytes: number;
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  /** 0 where the encoder did not know. */
  totalSamples: number;
  /** MD5 of the interleaved little-endian samples, hexadecimal; zeros where the encoder left it out. */
  md5: string;
  framesOffset: number;
}

const maxBlocks = 4096;

/** Reads the metadata blocks that begin with `fLaC` at `offset`; tags and pictures are stepped over unread. */
export async function readFlacHeader(file: ByteSource, offset: number): Promise<FlacStreamInfo> {
  const source = windowedSource(file, 4096);
  const marker = await source.read(offset, 4);
  if (asciiText(marker) !== 'fLaC') throw new AudioError('audio-header', 'the FLAC marker is missing');
  let info: Omit<FlacStreamInfo, 'framesOffset'> | undefined;
  let at = offset + 4;
  for (let count = 0; count < maxBlocks; count++) {
    const head = await source.read(at, 4);
    if (head.length < 4) break;
    const length = (head[1]! << 16) | (head[2]! << 8) | head[3]!;
    if ((head[0]! & 0x7f) === 0 && !info) info = parseStreamInfo(await source.read(at + 4, Math.min(length, 34)));
    at += 4 + length;
    if (head[0]! & 0x80) {
      if (!info) throw new AudioError('audio-header', 'a FLAC file without STREAMINFO; encode it again');
      return { ...info, framesOffset: at };
    }
  }
  throw new AudioError('audio-header', 'the FLAC metadata never ends; the file is cut or damaged');
}

function parseStreamInfo(bytes: Uint8Array): Omit<FlacStreamInfo, 'framesOffset'> {
  if (bytes.length < 34) throw new AudioError('audio-header', 'the FLAC STREAMINFO block is cut');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 34);
  const packed = view.getUint32(10);
  const info = {
    minBlockSize: view.getUint16(0),
    maxBlockSize: view.getUint16(2),
    maxFrameBytes: (view.getUint16(7) << 8) | view.getUint8(9),
    sampleRateHz: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bitsPerSample: ((packed >>> 4) & 31) + 1,
    totalSamples: (packed & 15) * 2 ** 32 + view.getUint32(14),
    md5: [...bytes.subarray(18, 34)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
  if (info.sampleRateHz === 0) throw new AudioError('audio-header', 'the FLAC header says a rate of 0 Hz');
  if (info.bitsPerSample < 4) throw new AudioError('audio-header', `FLAC with ${info.bitsPerSample} bits per sample`);
  if (info.maxBlockSize < 16 || info.minBlockSize > info.maxBlockSize)
    throw new AudioError(
      'audio-header',
      `FLAC blocks of ${info.minBlockSize} to ${info.maxBlockSize} samples make no sense`,
    );
  return info;
}
