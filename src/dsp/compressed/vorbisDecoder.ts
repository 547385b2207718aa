import { AudioError } from '../audioError.ts';
import type { PacketDecoder } from './packetDecoder.ts';
import { vorbisWasm } from './vorbis.generated.ts';
import { compiledOnce, createShelf, damaged, instantiate, type WasmProgram } from './wasmModule.ts';

/** The exports of the package's build by their minified names; a test checks them against its JavaScript. */
export const vorbisExports = {
  memory: 'l',
  initialize: 'm',
  create_decoder: 'n',
  malloc: 'o',
  send_setup: 'p',
  init_dsp: 'q',
  decode_packets: 'r',
  destroy_decoder: 's',
  free: 't',
} as const;

const maxPacketBytes = 1 << 18;
const maxErrors = 64;

const compile = compiledOnce(vorbisWasm);
const shelf = createShelf(async () => {
  const abort = () => {
    throw new Error('aborted');
  };
  const nothing = () => 0;
  const { cos, atan, sin, pow, log, exp } = Math;
  // The timer and the runtime's keep-alive serve programs that go on after a call; this one does not. Its memory is fixed.
  const imports = {
    a: { a: cos, b: atan, c: sin, d: nothing, e: abort, f: nothing, g: pow, h: log, i: exp, j: abort, k: nothing },
  };
  const program = await instantiate(await compile(), imports, vorbisExports);
  program.call('initialize');
  return program;
});

/** `identification` and `setup`: the first and third packet of the stream, Vorbis I section 4.2. */
export async function createVorbisDecoder(identification: Uint8Array, setup: Uint8Array): Promise<PacketDecoder> {
  const shape = readIdentification(identification);
  const tooLong = setup.length > maxPacketBytes;
  if (tooLong || String.fromCharCode(...setup.subarray(0, 7)) !== '\x05vorbis')
    throw new AudioError('audio-header', 'the Vorbis stream has no setup header');
  const program = await shelf.take();
  return damaged('Vorbis', () => startDecoder(program, shape, identification, setup));
}

interface VorbisShape {
  channels: number;
  sampleRateHz: number;
}

function readIdentification(packet: Uint8Array): VorbisShape {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.length < 30 || view.getUint32(7, true) !== 0)
    throw new AudioError('audio-header', 'the Vorbis header is cut or of an unknown version');
  const [channels, sampleRateHz] = [packet[11]!, view.getUint32(12, true)];
  const [short, long] = [packet[28]! & 15, packet[28]! >> 4];
  if (channels === 0 || sampleRateHz === 0 || sampleRateHz > 768_000 || short < 6 || long > 13 || short > long)
    throw new AudioError('audio-header', `the Vorbis header has ${channels} channels at ${sampleRateHz} Hz`);
  if (channels > 8) throw new AudioError('audio-codec', `Vorbis of ${channels} channels is not read`);
  return { channels, sampleRateHz };
}

function startDecoder(
  program: WasmProgram,
  { channels, sampleRateHz }: VorbisShape,
  identification: Uint8Array,
  setup: Uint8Array,
): PacketDecoder {
  const input = program.call('malloc', maxPacketBytes);
  // inputLength, output, channels, rate, samples, errorCount, then the errors.
  const cells = program.call('malloc', 4 * (6 + maxErrors));
  const [length, output, channelCell, rateCell, samples, errorCount] = [0, 1, 2, 3, 4, 5].map((i) => cells + 4 * i);
  const words = () => new Uint32Array(program.memory.buffer, cells, 6);
  const places = [input, length!, output!, channelCell!, rateCell!, samples!, cells + 24, errorCount!, maxErrors];
  const decoder = program.call('create_decoder', ...places);
  const give = (packet: Uint8Array): void => {
    new Uint8Array(program.memory.buffer).set(packet, input);
    words()[0] = packet.length;
  };
  const errors = (): number => {
    const count = words()[5]!;
    words()[5] = 0;
    return count;
  };
  errors();
  for (const [i, packet] of [identification, setup].entries()) {
    give(packet);
    program.call('send_setup', decoder, i === 0 ? 1 : 0);
    // The program is thrown away with what it holds.
    if (errors() > 0) throw new AudioError('audio-header', 'the setup header of the Vorbis stream is damaged');
  }
  program.call('init_dsp', decoder);
  let failed = false;
  return {
    encoding: 'vorbis',
    channels,
    sampleRateHz,
    skipFrames: 0,
    decode(packet) {
      if (packet.length > maxPacketBytes) return undefined;
      give(packet);
      failed = true;
      damaged('Vorbis', () => program.call('decode_packets', decoder));
      failed = false;
      if (errors() > 0) return undefined;
      const [, pointers, , , frames] = words();
      if (frames === 0) return Array.from({ length: channels }, () => new Float32Array(0));
      const parts = new Uint32Array(program.memory.buffer, pointers, channels);
      return Array.from(parts, (part) => new Float32Array(program.memory.buffer, part, frames).slice());
    },
    close() {
      if (failed) return;
      program.call('destroy_decoder', decoder);
      for (const place of [cells, input]) program.call('free', place);
      shelf.giveBack(program);
    },
  };
}
