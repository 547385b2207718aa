import { AudioError } from '../audioError.ts';
import type { ByteSource } from '../byteSource.ts';
import { releaseArray } from '../releaseArray.ts';
import { decodeFrame, type FlacFrame, FlacFrameError, outOfBytes, parseFrameHeader } from './flacFrame.ts';
import type { FlacStreamInfo } from './flacHeader.ts';

/** Finds and decodes the frames of one FLAC stream, holding one window of bytes and the last frame. */
export interface FrameReader {
  /** The frame that holds this sample. Throws AudioError where the stream is damaged. */
  frameAt(sample: number): Promise<FlacFrame>;
  /** How many samples the file really has, by its last whole frame. */
  findEnd(): Promise<number>;
}

const windowBytes = 1 << 16;
/** Within this many blocks, decoding on is cheaper than a probe. */
const seekBlocks = 12;
/** A chance look-alike of a frame header is one in 2^20 bytes; more attempts than this mean a crafted file. */
const maxAttempts = 16;

interface Place {
  sample: number;
  offset: number;
}

interface State {
  source: ByteSource;
  info: FlacStreamInfo;
  /** No frame of this stream can be longer: all channels verbatim plus headers. */
  maxFrameBytes: number;
  window: Uint8Array;
  windowOffset: number;
  windowLength: number;
  /** Where some frames begin, in order. */
  known: Place[];
  end: Place;
  next: Place;
  frame: FlacFrame | undefined;
}

export function createFrameReader(source: ByteSource, info: FlacStreamInfo): FrameReader {
  const first = { sample: 0, offset: info.framesOffset };
  const state: State = {
    source,
    info,
    maxFrameBytes: Math.ceil((info.maxBlockSize * info.channels * (info.bitsPerSample + 1)) / 8) + 64 * info.channels,
    window: new Uint8Array(8),
    windowOffset: 0,
    windowLength: 0,
    known: [first],
    end: { sample: info.totalSamples, offset: source.size },
    next: first,
    frame: undefined,
  };
  return { frameAt: (sample) => frameAt(state, sample), findEnd: () => findEnd(state) };
}

async function frameAt(state: State, sample: number): Promise<FlacFrame> {
  const { frame } = state;
  if (frame && sample >= frame.firstSample && sample < frame.firstSample + frame.blockSize) return frame;
  if (sample < state.next.sample || sample - state.next.sample > seekBlocks * state.info.maxBlockSize)
    state.next = await seek(state, sample);
  for (;;) {
    const decoded = await decodeNext(state);
    if (decoded.firstSample + decoded.blockSize > sample) return decoded;
  }
}

async function decodeNext(state: State): Promise<FlacFrame> {
  const { offset, sample } = state.next;
  const frame = await decodeAt(state, offset);
  const timeSec = (sample / state.info.sampleRateHz).toFixed(3);
  if (frame === 'cut') throw new AudioError('audio-corrupt', `the FLAC data ends inside the frame at ${timeSec} s`);
  if (frame === 'damaged' || frame.firstSample !== sample)
    throw new AudioError(
      'audio-corrupt',
      `the FLAC frame at ${timeSec} s (byte ${offset}) is damaged; copy the file again or mend it with \`flac -F\``,
    );
  state.frame = frame;
  state.next = { sample: sample + frame.blockSize, offset: offset + frame.byteLength };
  const lastKnown = state.known.at(-1)!;
  if (state.next.sample - lastKnown.sample > 4 * seekBlocks * state.info.maxBlockSize) state.known.push(state.next);
  return frame;
}

/** Decodes the frame at a byte offset, reading as much as it takes. */
async function decodeAt(state: State, offset: number): Promise<FlacFrame | 'cut' | 'damaged'> {
  const windowEnd = () => state.windowOffset + state.windowLength;
  if (offset < state.windowOffset || offset >= windowEnd()) await load(state, offset, windowBytes);
  for (;;) {
    try {
      return decodeFrame(state.window, offset - state.windowOffset, state.windowLength, state.info);
    } catch (error) {
      if (error instanceof FlacFrameError) return 'damaged';
      if (error !== outOfBytes) throw error;
    }
    const had = windowEnd() - offset;
    if (windowEnd() >= state.source.size) return 'cut';
    if (had > state.maxFrameBytes) return 'damaged';
    await load(state, offset, Math.max(windowBytes, 2 * had));
  }
}

/** Fills the window with `length` bytes from `offset`, less at the end, and the 8 zero bytes the bit reader needs. */
async function load(state: State, offset: number, length: number): Promise<void> {
  const wanted = Math.max(0, Math.min(length, state.source.size - offset));
  const bytes = wanted > 0 ? await state.source.read(offset, wanted) : new Uint8Array(0);
  if (bytes.length < wanted)
    throw new AudioError('audio-changed', 'the file became shorter after it was opened; open it again');
  if (state.window.length < wanted + 8) state.window = new Uint8Array(wanted + 8);
  state.window.set(bytes);
  if (state.source.fresh) releaseArray(bytes);
  state.window.fill(0, wanted, wanted + 8);
  state.windowOffset = offset;
  state.windowLength = wanted;
}

/** A frame at or before the sample and close to it: known places first, then interpolation and bisection by turns. */
async function seek(state: State, sample: number): Promise<Place> {
  const after = state.known.findIndex((place) => place.sample > sample);
  let low = after < 0 ? state.known.at(-1)! : state.known[after - 1]!;
  let high = after < 0 ? state.end : state.known[after]!;
  const near = seekBlocks * state.info.maxBlockSize;
  for (let turn = 0; turn < 48 && sample - low.sample > near && high.offset - low.offset > 64; turn++) {
    const fraction = turn % 2 === 0 ? (sample - low.sample) / (high.sample - low.sample) : 0.5;
    const aim = low.offset + Math.floor(fraction * (high.offset - low.offset)) - (turn % 2 === 0 ? windowBytes / 4 : 0);
    const guess = Math.max(low.offset + 1, aim);
    const found = await findFrame(state, guess, low, high);
    if (!found) high = { sample: high.sample, offset: guess };
    else if (found.sample <= sample) low = found;
    else high = found;
  }
  return low;
}

/** The first frame that begins in [from, high.offset) and lies between two places. */
async function findFrame(state: State, from: number, low: Place, high: Place): Promise<Place | undefined> {
  const last = Math.min(high.offset, from + state.maxFrameBytes + 64);
  let attempts = 0;
  for (let at = from; at < last; at += windowBytes - 16) {
    for (const place of await headersIn(state, at, Math.min(windowBytes, last - at + 16))) {
      if (place.offset >= last || place.sample <= low.sample || place.sample >= high.sample) continue;
      if (++attempts > maxAttempts) return undefined;
      if (typeof (await decodeAt(state, place.offset)) !== 'string') return place;
    }
  }
  return undefined;
}

interface Candidate extends Place {
  blockSize: number;
}

/** Everything in these bytes that looks like a frame header of this stream. */
async function headersIn(state: State, offset: number, length: number): Promise<Candidate[]> {
  await load(state, offset, length);
  const { window, windowLength, info } = state;
  const result: Candidate[] = [];
  for (let at = window.indexOf(0xff); at >= 0 && at < windowLength; at = window.indexOf(0xff, at + 1)) {
    const header = parseFrameHeader(window, at, windowLength, info);
    if (header) result.push({ sample: header.firstSample, offset: offset + at, blockSize: header.blockSize });
  }
  return result;
}

async function findEnd(state: State): Promise<number> {
  const { info, source } = state;
  const usual = info.maxFrameBytes > 0 ? info.maxFrameBytes + 256 : windowBytes / 2;
  let attempts = 0;
  for (let tail = Math.min(usual, state.maxFrameBytes); ; tail *= 2) {
    const from = Math.max(info.framesOffset, source.size - tail);
    const candidates = await headersIn(state, from, source.size - from);
    for (const place of candidates.reverse()) {
      if (++attempts > maxAttempts) break;
      if (typeof (await decodeAt(state, place.offset)) === 'string') continue;
      const end = place.sample + place.blockSize;
      const frames = info.totalSamples > 0 ? Math.min(end, info.totalSamples) : end;
      state.end = { sample: frames, offset: source.size };
      return frames;
    }
    if (from === info.framesOffset || tail > 2 * state.maxFrameBytes || attempts > maxAttempts) return 0;
  }
}
