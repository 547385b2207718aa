import { BitReader, outOfBytes } from './bitReader.ts';
import { crc8, crc16 } from './crc.ts';
import type { FlacStreamInfo } from './flacHeader.ts';

/** One decoded frame; `samples` are integers of `bitsPerSample` bits, one array per channel. */
export interface FlacFrame {
  firstSample: number;
  blockSize: number;
  byteLength: number;
  samples: (Int32Array | Float64Array)[];
}

export interface FlacFrameHeader {
  firstSample: number;
  blockSize: number;
  /** 0..7: independent channels − 1; 8 left/side, 9 side/right, 10 mid/side. */
  assignment: number;
  headerBytes: number;
}

/** What ends a frame that is not one. */
export class FlacFrameError extends Error {}

export { outOfBytes };

const presetRates = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const presetBits = [0, 8, 12, -1, 16, 20, 24, 32];

/**
 * Parses the frame header at `offset`, or returns undefined where there is none that belongs to this stream.
 * `bytes` needs 8 spare bytes after `limit`; a header that runs over the limit counts as none. Source: RFC 9639 §9.1.
 */
export function parseFrameHeader(
  bytes: Uint8Array,
  offset: number,
  limit: number,
  info: FlacStreamInfo,
): FlacFrameHeader | undefined {
  if (offset + 6 > limit || bytes[offset] !== 0xff || (bytes[offset + 1]! & 0xfe) !== 0xf8) return undefined;
  const variable = (bytes[offset + 1]! & 1) === 1;
  const blockCode = bytes[offset + 2]! >> 4;
  const rateCode = bytes[offset + 2]! & 15;
  const assignment = bytes[offset + 3]! >> 4;
  const bitsCode = (bytes[offset + 3]! >> 1) & 7;
  if (blockCode === 0 || rateCode === 15 || assignment > 10 || (bytes[offset + 3]! & 1) === 1) return undefined;
  const bits = presetBits[bitsCode]!;
  if (bits !== 0 && bits !== info.bitsPerSample) return undefined;
  if ((assignment < 8 ? assignment + 1 : 2) !== info.channels) return undefined;
  const coded = readCodedNumber(bytes, offset + 4);
  if (!coded) return undefined;
  let at = coded.end;
  let blockSize = blockCode === 1 ? 192 : blockCode < 6 ? 144 << blockCode : 1 << blockCode;
  if (blockCode === 6) blockSize = bytes[at++]! + 1;
  else if (blockCode === 7) {
    blockSize = ((bytes[at]! << 8) | bytes[at + 1]!) + 1;
    at += 2;
  }
  let rate = rateCode < 12 ? presetRates[rateCode]! : 0;
  if (rateCode === 12) rate = bytes[at++]! * 1000;
  else if (rateCode > 12) {
    rate = ((bytes[at]! << 8) | bytes[at + 1]!) * (rateCode === 14 ? 10 : 1);
    at += 2;
  }
  if (rate !== 0 && rate !== info.sampleRateHz) return undefined;
  if (at >= limit || crc8(bytes, offset, at) !== bytes[at]) return undefined;
  // The last frame of a stream may be shorter, so with fixed blocks the number counts blocks of the stream's size.
  const firstSample = variable ? coded.value : coded.value * info.maxBlockSize;
  return { firstSample, blockSize, assignment, headerBytes: at + 1 - offset };
}

/** A frame or sample number in UTF-8 stretched to 36 bits. */
function readCodedNumber(bytes: Uint8Array, offset: number): { value: number; end: number } | undefined {
  const first = bytes[offset]!;
  if (first < 0x80) return { value: first, end: offset + 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7) return undefined;
  let value = length === 7 ? 0 : first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[offset + i]!;
    if ((byte & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (byte & 0x3f);
  }
  return { value, end: offset + length };
}

/**
 * Decodes the frame at `offset`, exactly as encoded, and checks its CRC.
 * Throws `outOfBytes` when it goes on past `limit`, FlacFrameError when it is not a frame of this stream.
 */
export function decodeFrame(bytes: Uint8Array, offset: number, limit: number, info: FlacStreamInfo): FlacFrame {
  const header = parseFrameHeader(bytes, offset, limit, info);
  if (!header) {
    // The longest header has 16 bytes; with fewer at hand this may be the first half of one.
    if (offset + 16 > limit) throw outOfBytes;
    throw new FlacFrameError('no frame header');
  }
  const reader = new BitReader(bytes, offset + header.headerBytes, limit);
  const samples: (Int32Array | Float64Array)[] = [];
  for (let channel = 0; channel < info.channels; channel++) {
    const side = header.assignment === 9 ? channel === 0 : header.assignment >= 8 && channel === 1;
    samples.push(decodeSubframe(reader, header.blockSize, info.bitsPerSample + (side ? 1 : 0)));
  }
  reader.alignToByte();
  const end = reader.position / 8;
  if (end + 2 > limit) throw outOfBytes;
  if (crc16(bytes, offset, end) !== ((bytes[end]! << 8) | bytes[end + 1]!)) throw new FlacFrameError('wrong checksum');
  undoStereo(header.assignment, samples);
  return { firstSample: header.firstSample, blockSize: header.blockSize, byteLength: end + 2 - offset, samples };
}

const fixedPredictors = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]].map((row) => Int32Array.from(row));

function decodeSubframe(reader: BitReader, blockSize: number, frameBits: number): Int32Array | Float64Array {
  if (reader.unsigned(1) !== 0) throw new FlacFrameError('subframe padding');
  const type = reader.unsigned(6);
  const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const bits = frameBits - wasted;
  if (bits < 1) throw new FlacFrameError('wasted bits');
  // A side channel of 32-bit audio needs 33 bits.
  const samples = frameBits > 32 ? new Float64Array(blockSize) : new Int32Array(blockSize);
  if (type === 0) samples.fill(reader.signed(bits));
  else if (type === 1) for (let i = 0; i < blockSize; i++) samples[i] = reader.signed(bits);
  else if (type >= 8 && type <= 12) decodePredicted(reader, samples, bits, fixedPredictors[type - 8]!, 0, 3);
  else if (type >= 32) decodeLinear(reader, samples, bits, type - 31);
  else throw new FlacFrameError('reserved subframe type');
  if (wasted > 0) {
    const scale = 2 ** wasted;
    for (let i = 0; i < blockSize; i++) samples[i] = samples[i]! * scale;
  }
  return samples;
}

function decodeLinear(reader: BitReader, samples: Int32Array | Float64Array, bits: number, order: number): void {
  // The coefficients come after the warm-up samples, which decodePredicted would read; peek past them.
  if (order > samples.length) throw new FlacFrameError('predictor order');
  for (let i = 0; i < order; i++) samples[i] = reader.signed(bits);
  const precision = reader.unsigned(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0) throw new FlacFrameError('predictor precision');
  const coefficients = new Int32Array(order);
  for (let i = 0; i < order; i++) coefficients[i] = reader.signed(precision);
  decodeResidual(reader, samples, order);
  restore(samples, coefficients, shift, bits + precision);
}

function decodePredicted(
  reader: BitReader,
  samples: Int32Array | Float64Array,
  bits: number,
  coefficients: Int32Array,
  shift: number,
  precision: number,
): void {
  const order = coefficients.length;
  if (order > samples.length) throw new FlacFrameError('predictor order');
  for (let i = 0; i < order; i++) samples[i] = reader.signed(bits);
  decodeResidual(reader, samples, order);
  restore(samples, coefficients, shift, bits + precision);
}

/** Partitioned Rice residual into samples[order, end). Source: RFC 9639 §9.2.7. */
function decodeResidual(reader: BitReader, samples: Int32Array | Float64Array, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw new FlacFrameError('reserved residual coding');
  const parameterBits = method === 0 ? 4 : 5;
  const partitions = 1 << reader.unsigned(4);
  const partitionSize = samples.length / partitions;
  if (!Number.isInteger(partitionSize) || partitionSize < order) throw new FlacFrameError('partition order');
  for (let partition = 0; partition < partitions; partition++) {
    const start = partition === 0 ? order : partition * partitionSize;
    const end = (partition + 1) * partitionSize;
    const parameter = reader.unsigned(parameterBits);
    if (parameter < (1 << parameterBits) - 1) reader.rice(parameter, samples, start, end);
    else {
      const rawBits = reader.unsigned(5);
      for (let i = start; i < end; i++) samples[i] = reader.signed(rawBits);
    }
  }
}

/**
 * Adds the prediction to the residual, in place. `sumBits` bounds a product; where the sum of all products may not fit
 * 32 bits it is taken in doubles, which are exact up to 53.
 */
function restore(samples: Int32Array | Float64Array, coefficients: Int32Array, shift: number, sumBits: number): void {
  const order = coefficients.length;
  if (order === 0) return;
  if (samples instanceof Int32Array && sumBits + Math.ceil(Math.log2(order)) <= 32) {
    for (let i = order; i < samples.length; i++) {
      let sum = 0;
      for (let j = 0; j < order; j++) sum = (sum + Math.imul(coefficients[j]!, samples[i - 1 - j]!)) | 0;
      samples[i] = samples[i]! + (sum >> shift);
    }
    return;
  }
  const scale = 2 ** -shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j]! * samples[i - 1 - j]!;
    samples[i] = samples[i]! + Math.floor(sum * scale);
  }
}

/** Left/side, side/right and mid/side back to left and right. */
function undoStereo(assignment: number, samples: (Int32Array | Float64Array)[]): void {
  if (assignment < 8) return;
  const [first, second] = samples as [Int32Array | Float64Array, Int32Array | Float64Array];
  for (let i = 0; i < first.length; i++) {
    const a = first[i]!;
    const b = second[i]!;
    if (assignment === 8) second[i] = a - b;
    else if (assignment === 9) first[i] = a + b;
    else {
      const odd = Math.abs(b % 2);
      first[i] = (2 * a + odd + b) / 2;
      second[i] = (2 * a + odd - b) / 2;
    }
  }
}
