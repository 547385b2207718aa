import type { AudioClip, AudioInfo } from '../audioClip.ts';
import { AudioError, audioWarning } from '../audioError.ts';
import { type ByteSource, windowedSource } from '../byteSource.ts';
import { createDecodedSamples, type DecodedSamples, decodedClip } from './decodedClip.ts';
import { minimp3Wasm } from './minimp3.generated.ts';
import { type Mp3Frame, type Mp3Info, readMp3Frame, readMp3Info } from './mp3Header.ts';
import { compiledOnce, damaged, instantiate, type WasmProgram } from './wasmModule.ts';

/** The exports of the package's build; the memory grows to the file's size. */
export const minimp3Exports = {
  memory: 'memory',
  init: 'decoder_init',
  setSize: 'decoder_set_mp3_data_size',
  dataOffset: 'decoder_mp3_data_offset',
  decode: 'decoder_decode',
  samples: 'decode_results_num_samples',
  pcmOffset: 'decoder_pcm_data_offset',
} as const;

const compile = compiledOnce(minimp3Wasm);
const maxFileBytes = 2 ** 29;
const copyBytes = 1 << 20;
/** A few frames: the longest one lasts 72 ms. */
const stepSec = 0.1;
/** What a decoder adds to the encoder's delay: 528 samples of its filters and one of the convention. */
const decoderDelay = 529;
/** How far after a tag the first frame is looked for. */
const searchBytes = 1 << 16;

/**
 * Opens MP3 (MPEG layer III): decodes it to its end and holds it at 16 bits. Where the encoder tells its delay and padding
 * (LAME's tag) they are cut off. `offset`: where the sound begins, after a tag. `maxHeld`: samples of all channels.
 */
export async function openMp3(source: ByteSource, offset: number, maxHeld?: number): Promise<AudioClip> {
  const start = await findFrame(source, offset);
  if (!start) throw new AudioError('audio-no-data', 'no MP3 frame was found where the sound should begin');
  const { frame } = start;
  if (frame.frameBytes === undefined)
    throw new AudioError('audio-codec', 'MP3 of free bit rate is not read; convert it to FLAC or WAV');
  const { program, filledBytes, skippedBytes } = await load(source, start);
  const samples = createDecodedSamples(frame.channels, frame.sampleRateHz, maxHeld);
  if (filledBytes > 0) damaged('MP3', () => decodeAll(program, samples));
  return finish(samples, start, skippedBytes);
}

interface Mp3Start {
  frame: Mp3Frame;
  info: Mp3Info | undefined;
  soundOffset: number;
}

/** The first frame that another one follows; the first at all where none does. */
async function findFrame(source: ByteSource, offset: number): Promise<Mp3Start | undefined> {
  const bytes = await source.read(offset, searchBytes);
  let single: Mp3Start | undefined;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const frame = readMp3Frame(bytes.subarray(at, at + 4));
    if (!frame) continue;
    const end = at + (frame.frameBytes ?? 0);
    const info = frame.frameBytes === undefined ? undefined : readMp3Info(frame, bytes.subarray(at, end));
    const found = { frame, info, soundOffset: offset + (info ? end : at) };
    const next = frame.frameBytes === undefined ? frame : readMp3Frame(bytes.subarray(end, end + 4));
    if (next?.sampleRateHz === frame.sampleRateHz) return found;
    single ??= found;
  }
  return single;
}

interface LoadedMp3 {
  program: WasmProgram;
  filledBytes: number;
  skippedBytes: number;
}

/**
 * The whole frames of the first one's format, one after another; what lies between them is left out. The program never
 * returns from data that begin with a frame longer than they are, so none is given to it.
 */
async function load(file: ByteSource, { frame, soundOffset }: Mp3Start): Promise<LoadedMp3> {
  const size = Math.max(0, file.size - soundOffset);
  if (size > maxFileBytes)
    throw new AudioError(
      'audio-range',
      `an MP3 file of ${size} bytes is too large to hold; convert it to FLAC or WAV, for example \`ffmpeg -i IN OUT.flac\``,
    );
  const source = windowedSource(file, copyBytes);
  const program = await instantiate(await compile(), {}, minimp3Exports);
  program.call('init');
  program.call('setSize', size);
  const target = new Uint8Array(program.memory.buffer, program.call('dataOffset'), size);
  let [filled, skippedBytes, skipping] = [0, 0, 0];
  for (let at = soundOffset; at + 4 <= file.size; ) {
    const length = frameLength(await source.read(at, 4), frame);
    const bytes = length === undefined ? undefined : await source.read(at, length + 4);
    // Behind a gap a header may be chance: another one must follow.
    const alone = skipping > 0 && bytes !== undefined && frameLength(bytes.subarray(length), frame) === undefined;
    if (!bytes || bytes.length < length! || alone) {
      at++;
      skipping++;
      continue;
    }
    target.set(bytes.subarray(0, length), filled);
    filled += length!;
    at += length!;
    // What follows the last frame is a tag or a cut frame.
    skippedBytes += skipping;
    skipping = 0;
  }
  program.call('setSize', filled);
  return { program, filledBytes: filled, skippedBytes };
}

function frameLength(bytes: Uint8Array, format: Mp3Frame): number | undefined {
  const frame = readMp3Frame(bytes);
  const same =
    frame?.sampleRateHz === format.sampleRateHz &&
    frame.frameSamples === format.frameSamples &&
    frame.channels === format.channels;
  return same ? frame.frameBytes : undefined;
}

function decodeAll(program: WasmProgram, samples: DecodedSamples): void {
  for (;;) {
    program.call('decode', stepSec);
    const count = program.call('samples');
    if (count <= 0) return;
    samples.appendInterleaved(new Int16Array(program.memory.buffer, program.call('pcmOffset'), count));
  }
}

function finish(samples: DecodedSamples, { frame, info: told }: Mp3Start, skippedBytes: number): AudioClip {
  const { sampleRateHz, channels, frameSamples } = frame;
  const cut = told?.delay !== undefined && told.padding !== undefined;
  const skip = cut ? Math.min(samples.frames, told.delay! + decoderDelay) : 0;
  const promised = told?.frames === undefined ? undefined : told.frames * frameSamples;
  const whole = promised === undefined || samples.frames >= promised;
  const end = cut && whole ? samples.frames - Math.max(0, told.padding! - decoderDelay) : samples.frames;
  const frames = Math.max(0, end - skip);
  const problems: AudioInfo['problems'] = [];
  if (!whole)
    problems.push(
      audioWarning(
        'audio-truncated',
        `the header promises ${promised} samples, the file has ${samples.frames}; it was read to its end`,
      ),
    );
  if (skippedBytes > 0)
    problems.push(
      audioWarning(
        'audio-corrupt-frame',
        `the file is damaged: ${skippedBytes} bytes between its frames were left out; what follows is earlier than it was`,
      ),
    );
  if (frames === 0)
    problems.push(audioWarning('audio-empty', 'the file holds no samples; remove it from the manifest'));
  const durationSec = frames / sampleRateHz;
  const info: AudioInfo = { container: 'mp3', encoding: 'mp3', sampleRateHz, channels, frames, durationSec, problems };
  return decodedClip(samples, skip, info);
}
