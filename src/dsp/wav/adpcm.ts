import { AudioError } from '../audioError.ts';
import type { WavFormat } from './wavFormat.ts';

/** Decodes one block into one array per channel; what a cut block lacks is left as zero. */
export type BlockDecoder = (block: Uint8Array, out: Float32Array[]) => void;

/** IMA (DVI) or Microsoft ADPCM by blocks, so that a range needs only its own blocks. Source: Microsoft RIFF NEW 1994. */
export function adpcmBlockDecoder(format: WavFormat): BlockDecoder {
  return format.codec === 'ima-adpcm' ? decodeImaBlock : msBlockDecoder(format.blockCodec!.coefficients);
}

const imaIndexSteps = [-1, -1, -1, -1, 2, 4, 6, 8];
const imaSteps = Int32Array.from(
  (
    '7 8 9 10 11 12 13 14 16 17 19 21 23 25 28 31 34 37 41 45 50 55 60 66 73 80 88 97 107 118 130 143 157 ' +
    '173 190 209 230 253 279 307 337 371 408 449 494 544 598 658 724 796 876 963 1060 1166 1282 1411 1552 ' +
    '1707 1878 2066 2272 2499 2749 3024 3327 3660 4026 4428 4871 5358 5894 6484 7132 7845 8630 9493 10442 ' +
    '11487 12635 13899 15289 16818 18500 20350 22385 24623 27086 29794 32767'
  )
    .split(' ')
    .map(Number),
);

/** One IMA block: per channel a 4-byte header, then groups of 8 nibbles per channel, low nibble first. */
function decodeImaBlock(block: Uint8Array, out: Float32Array[]): void {
  const channels = out.length;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let c = 0; c < channels; c++) {
    const samples = out[c]!.fill(0);
    if (block.length < 4 * channels) continue;
    let predicted = view.getInt16(c * 4, true);
    let index = Math.min(88, block[c * 4 + 2]!);
    samples[0] = predicted / 32768;
    let position = 1;
    for (let at = 4 * channels + c * 4; at + 4 <= block.length && position < samples.length; at += 4 * channels) {
      for (let nibbleIndex = 0; nibbleIndex < 8 && position < samples.length; nibbleIndex++) {
        const nibble = (block[at + (nibbleIndex >> 1)]! >> ((nibbleIndex & 1) * 4)) & 15;
        const step = imaSteps[index]!;
        let difference = step >> 3;
        if (nibble & 4) difference += step;
        if (nibble & 2) difference += step >> 1;
        if (nibble & 1) difference += step >> 2;
        predicted += nibble & 8 ? -difference : difference;
        predicted = Math.max(-32768, Math.min(32767, predicted));
        index = Math.max(0, Math.min(88, index + imaIndexSteps[nibble & 7]!));
        samples[position++] = predicted / 32768;
      }
    }
  }
}

const msAdaptation = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const msStandardCoefficients: [number, number][] = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
];

interface MsState {
  first: number;
  second: number;
  delta: number;
  sample1: number;
  sample2: number;
}

/** One Microsoft block: predictors, deltas and two samples per channel, then nibbles, high first, channels in turn. */
function msBlockDecoder(coefficients: [number, number][]): BlockDecoder {
  const table = coefficients.length >= 7 ? coefficients : msStandardCoefficients;
  return (block, out) => {
    const channels = out.length;
    for (const samples of out) samples.fill(0);
    if (block.length < 7 * channels) return;
    const states = out.map((_, c) => msState(block, channels, c, table));
    for (let c = 0; c < channels; c++) {
      out[c]![0] = states[c]!.sample2 / 32768;
      if (out[c]!.length > 1) out[c]![1] = states[c]!.sample1 / 32768;
    }
    const samplesPerBlock = out[0]!.length;
    const nibbles = (block.length - 7 * channels) * 2;
    for (let i = 0; i < nibbles; i++) {
      const position = 2 + Math.floor(i / channels);
      if (position >= samplesPerBlock) break;
      const byte = block[7 * channels + (i >> 1)]!;
      out[i % channels]![position] = msNext(states[i % channels]!, i % 2 === 0 ? byte >> 4 : byte & 15) / 32768;
    }
  };
}

function msState(block: Uint8Array, channels: number, channel: number, table: [number, number][]): MsState {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const pair = table[block[channel]!];
  if (!pair)
    throw new AudioError(
      'audio-corrupt',
      `an ADPCM block names predictor ${block[channel]} of ${table.length}; the file is damaged`,
    );
  const at = (field: number) => view.getInt16(channels + field * 2 * channels + channel * 2, true);
  return { first: pair[0], second: pair[1], delta: at(0), sample1: at(1), sample2: at(2) };
}

function msNext(state: MsState, nibble: number): number {
  const predicted = (state.sample1 * state.first + state.sample2 * state.second) >> 8;
  const signed = nibble & 8 ? nibble - 16 : nibble;
  const sample = Math.max(-32768, Math.min(32767, predicted + signed * state.delta));
  state.delta = Math.max(16, (msAdaptation[nibble]! * state.delta) >> 8);
  state.sample2 = state.sample1;
  state.sample1 = sample;
  return sample;
}
