import { AudioError } from '../audioError.ts';
import { opusWasm } from './opus.generated.ts';
import type { PacketDecoder } from './packetDecoder.ts';
import { compiledOnce, createShelf, damaged, instantiate, type WasmProgram } from './wasmModule.ts';

/** The exports of the package's build by their minified names; a test checks them against its JavaScript. */
export const opusExports = {
  memory: 'g',
  initialize: 'h',
  opus_frame_decoder_create: 'i',
  malloc: 'j',
  opus_frame_decode_float_deinterleaved: 'k',
  opus_frame_decoder_destroy: 'l',
  free: 'm',
} as const;

const rateHz = 48_000;
/** 120 ms, the longest packet. */
const maxPacketFrames = 5760;
const maxPacketBytes = 1 << 16;

const compile = compiledOnce(opusWasm);
const shelf = createShelf(async () => {
  const abort = () => {
    throw new Error('aborted');
  };
  const nothing = () => 0;
  // The timer and the runtime's keep-alive serve programs that go on after a call; this one does not. Its memory is fixed.
  const imports = { a: { a: Math.cos, b: abort, c: nothing, d: abort, e: nothing, f: nothing } };
  const program = await instantiate(await compile(), imports, opusExports);
  program.call('initialize');
  return program;
});

/** `head`: the packet `OpusHead`, RFC 7845 section 5.1. Samples come at 48 kHz with the header's gain applied. */
export async function createOpusDecoder(head: Uint8Array): Promise<PacketDecoder> {
  const layout = readHead(head);
  const program = await shelf.take();
  return damaged('Opus', () => startDecoder(program, layout));
}

interface OpusLayout {
  channels: number;
  skipFrames: number;
  gain: number;
  streams: number;
  coupled: number;
  mapping: number[];
}

function readHead(head: Uint8Array): OpusLayout {
  const channels = head[9] ?? 0;
  const family = head[18] ?? 255;
  if (head.length < 19 || head[8]! >> 4 !== 0 || channels === 0)
    throw new AudioError('audio-header', 'the Opus header is cut or of an unknown version');
  const skipFrames = head[10]! | (head[11]! << 8);
  const gain = 10 ** ((((head[16]! | (head[17]! << 8)) << 16) >> 16) / 256 / 20);
  if (family === 0) {
    if (channels > 2) throw new AudioError('audio-header', `an Opus header of family 0 has ${channels} channels`);
    return { channels, skipFrames, gain, streams: 1, coupled: channels - 1, mapping: channels === 2 ? [0, 1] : [0] };
  }
  const [streams = 0, coupled = 0] = head.subarray(19, 21);
  const mapping = [...head.subarray(21, 21 + channels)];
  const decoded = streams + coupled;
  if (family !== 1 || channels > 8)
    throw new AudioError('audio-codec', `Opus of ${channels} channels in mapping family ${family} is not read`);
  if (streams === 0 || coupled > streams || mapping.length < channels || mapping.some((x) => x !== 255 && x >= decoded))
    throw new AudioError('audio-header', 'the channel map of the Opus header leads nowhere');
  return { channels, skipFrames, gain, streams, coupled, mapping };
}

function startDecoder(program: WasmProgram, layout: OpusLayout): PacketDecoder {
  const { channels, skipFrames, gain } = layout;
  const input = program.call('malloc', maxPacketBytes);
  const output = program.call('malloc', 4 * channels * maxPacketFrames);
  const map = program.call('malloc', channels);
  new Uint8Array(program.memory.buffer).set(layout.mapping, map);
  const shape = [rateHz, channels, layout.streams, layout.coupled, map, 0, 0];
  const decoder = program.call('opus_frame_decoder_create', ...shape);
  let failed = false;
  const guarded = <T>(work: () => T): T => {
    failed = true;
    const result = damaged('Opus', work);
    failed = false;
    return result;
  };
  return {
    encoding: 'opus',
    channels,
    sampleRateHz: rateHz,
    skipFrames,
    decode(packet) {
      if (packet.length > maxPacketBytes || packet.length === 0) return undefined;
      new Uint8Array(program.memory.buffer).set(packet, input);
      const frames = guarded(() =>
        program.call('opus_frame_decode_float_deinterleaved', decoder, input, packet.length, output),
      );
      if (frames < 0 || frames > maxPacketFrames) return undefined;
      return Array.from({ length: channels }, (_, c) =>
        new Float32Array(program.memory.buffer, output + 4 * c * frames, frames).map((x) => x * gain),
      );
    },
    close() {
      if (failed) return;
      program.call('opus_frame_decoder_destroy', decoder);
      for (const place of [decoder, map, output, input]) program.call('free', place);
      shelf.giveBack(program);
    },
  };
}
