import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc8 } from '../../src/dsp/flac/crc.ts';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom, type Random } from '../../src/shared/random.ts';

/** Damaged recordings, the same for the same number on every machine that has the same seed files. */
export interface AudioMutants {
  readonly originals: { name: string; bytes: Uint8Array }[];
  /** The damaged copy number `seed`, and which file it was. */
  mutant(seed: number): { name: string; bytes: Uint8Array };
}

const fixtures = join(import.meta.dirname, '../fixtures/audio');
const compressed = join(import.meta.dirname, '../fixtures/compressed');
/** Hostile recordings of other projects, where they lie beside this one. */
const zoo = join(import.meta.dirname, '../../../shared/data/wav-zoo/files');
const largestOriginalBytes = 60_000;

/** Only their headers are read. */
const foreign: Record<string, string> = {
  aiff: 'FORM\0\0\0\x50AIFFCOMM\0\0\0\x12\0\x01\0\0\0\x08\0\x10\x40\x0e\xac\x44\0\0\0\0\0\0NAME\0\0\0\x04nameSSND\0\0\0\x18',
  wave64: `riff.\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0\x80\0\0\0\0\0\0\0wave\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8afmt \xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a\x28\0\0\0\0\0\0\0`,
  ogg: 'OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0OggS\0\0',
  mp4: '\0\0\0\x18ftypM4A \0\0\0\0M4A mp42\0\0\0\x30moov\0\0\0\x28mvhd',
  au: '.snd\0\0\0\x20\0\0\0\x40\0\0\0\x03\0\0\x3e\x80\0\0\0\x01a remark',
  caf: 'caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20\x40\xe5\x88\x80\0\0\0\0lpcm',
  mp3: 'ID3\x04\0\0\0\0\0\x14TIT2\0\0\0\x05\0\0\x03name\0\0\0\0\0\xff\xfb\x90\0',
};

export function createAudioMutants(): AudioMutants {
  const headers = Object.entries(foreign).map(([name, text]) => ({
    name,
    bytes: Uint8Array.from([...ascii(text), ...new Uint8Array(64)]),
  }));
  const originals = [...writtenFiles(), ...headers, ...[fixtures, compressed, zoo].flatMap(filesIn)];
  return {
    originals,
    mutant(seed) {
      const random = createRandom('audio', seed);
      const { name, bytes } = originals[random.below(originals.length)]!;
      return { name, bytes: mutate(bytes, random) };
    },
  };
}

function filesIn(folder: string): { name: string; bytes: Uint8Array }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !/\.(pcm|json)$/.test(name) && statSync(join(folder, name)).size < largestOriginalBytes)
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}

/** One small file of each kind that the readers tell apart and no fixture is of. */
function writtenFiles(): { name: string; bytes: Uint8Array }[] {
  const tone = Float32Array.from({ length: 1500 }, (_, i) => Math.sin(i / 9));
  const wav = writeWav([tone, tone], 16_000);
  const pcm = wav.subarray(wav.length - 6000);
  const extensible = (validBits: number, guid: number) => [
    ...little(22, 2),
    ...little(validBits, 2),
    ...little(3, 4),
    ...little(guid, 4),
    ...[0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71],
  ];
  const ds64 = [...little(6100, 8), ...little(6000, 8), ...little(1500, 8), ...little(0, 4)];
  const info = [...ascii('INFO'), ...chunk('INAM', ascii('a name')), ...chunk('ICMT', ascii('a comment '))];
  return [
    { name: 'written', bytes: wav },
    {
      name: 'float',
      bytes: riff('RIFF', [
        ['fmt ', format(3, 2, 32)],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'double',
      bytes: riff('RIFF', [
        ['fmt ', format(3, 1, 64)],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'alaw',
      bytes: riff('RIFF', [
        ['fmt ', format(6, 2, 8)],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'ulaw',
      bytes: riff('RIFF', [
        ['fmt ', format(7, 1, 8)],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'bits24',
      bytes: riff('RIFF', [
        ['fmt ', format(1, 2, 24)],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'extensible',
      bytes: riff('RIFF', [
        ['fmt ', [...format(0xfffe, 2, 32), ...extensible(24, 1)]],
        ['data', [...pcm]],
      ]),
    },
    {
      name: 'info',
      bytes: riff('RIFF', [
        ['LIST', info],
        ['fmt ', format(1, 2, 16)],
        ['data', [...pcm]],
        ['cue ', little(0, 4)],
      ]),
    },
    {
      name: 'rf64',
      bytes: riff('RF64', [
        ['ds64', ds64],
        ['fmt ', format(1, 2, 16)],
        ['data', [...pcm], 0xffffffff],
      ]),
    },
    {
      name: 'bw64',
      bytes: riff('BW64', [
        ['ds64', ds64],
        ['fmt ', format(1, 2, 16)],
        ['data', [...pcm], 0xffffffff],
      ]),
    },
    {
      name: 'rifx',
      bytes: bigEndian(
        riff('RIFX', [
          ['fmt ', format(1, 2, 16)],
          ['data', [...pcm]],
        ]),
      ),
    },
    { name: 'id3', bytes: tagged(new Uint8Array(readFileSync(join(fixtures, 's16-silence.flac')))) },
  ];
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const little = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
const chunk = (id: string, body: number[], size = body.length): number[] => [
  ...ascii(id),
  ...little(size, 4),
  ...body,
  ...(body.length % 2 ? [0] : []),
];

function format(tag: number, channels: number, bits: number): number[] {
  const align = (channels * bits) / 8;
  return [
    ...little(tag, 2),
    ...little(channels, 2),
    ...little(16_000, 4),
    ...little(16_000 * align, 4),
    ...little(align, 2),
    ...little(bits, 2),
  ];
}

function riff(id: string, chunks: [id: string, body: number[], size?: number][]): Uint8Array {
  const body = chunks.flatMap((one) => chunk(...one));
  return Uint8Array.from(chunk(id, [...ascii('WAVE'), ...body]));
}

/** The numbers of a plain header turned round; its samples become noise, which is as good. */
function bigEndian(bytes: Uint8Array): Uint8Array {
  for (const [at, width] of [
    [4, 4],
    [16, 4],
    [20, 2],
    [22, 2],
    [24, 4],
    [28, 4],
    [32, 2],
    [34, 2],
    [40, 4],
  ] as const)
    bytes.subarray(at, at + width).reverse();
  return bytes;
}

const tagged = (flac: Uint8Array): Uint8Array =>
  Uint8Array.from([...ascii('ID3'), 4, 0, 0, 0, 0, 0, 20, ...new Uint8Array(20), ...flac]);

const extremes = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const words = [
  ...['RIFF', 'RIFX', 'RF64', 'BW64', 'WAVE', 'fmt ', 'data', 'ds64', 'fact', 'LIST', 'INFO', 'fLaC'],
  ...['OggS', '.snd', 'FORM', 'AIFF', 'COMM', 'riff', 'INAM', 'bext', 'cue ', '\xff\xfb\x90\0'],
  ...['ID3\x04', '\xfe\xff\0\0', '\x11\0\x02\0'],
];

/** One to four faults, most of them in the header, where bytes mean the most. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = original.slice();
  for (let fault = random.below(4); fault >= 0 && bytes.length > 0; fault--) bytes = damage(bytes, random);
  return random.below(2) === 0 ? mendFrameChecksums(bytes) : bytes;
}

function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const reach = random.below(3) === 0 ? bytes.length : Math.min(bytes.length, 96);
  const at = random.below(reach);
  switch (random.below(8)) {
    case 0:
      bytes[at] = random.below(256);
      break;
    case 1:
      bytes[at]! ^= 1 << random.below(8);
      break;
    case 2:
    case 3:
      writeNumber(bytes, at - (at % 2), extremes[random.below(extremes.length)]!, 2 + 2 * random.below(2), random);
      break;
    case 4:
      for (const [i, value] of ascii(words[random.below(words.length)]!).entries())
        if (at + i < bytes.length) bytes[at + i] = value;
      break;
    case 5:
      return bytes.slice(0, at);
    case 6:
      return repeated(bytes, at, random.below(64));
    default:
      bytes.fill(0, at, at + random.below(32));
  }
  return bytes;
}

function repeated(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const again = bytes.subarray(at, at + length);
  const result = new Uint8Array(bytes.length + again.length);
  result.set(bytes.subarray(0, at + again.length));
  result.set(again, at + again.length);
  result.set(bytes.subarray(at + again.length), at + 2 * again.length);
  return result;
}

function writeNumber(bytes: Uint8Array, at: number, value: number, width: number, random: Random): void {
  const isLittle = random.below(4) > 0;
  for (let i = 0; i < width && at + i < bytes.length; i++)
    bytes[at + (isLittle ? i : width - 1 - i)] = Math.floor(value / 256 ** i) % 256;
}

/** Makes what looks like the first FLAC frame headers pass their CRC, so that damage reaches the decoder. */
export function mendFrameChecksums(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.indexOf(0xff, 42), mended = 0; at >= 0 && at + 8 < bytes.length && mended < 3; ) {
    if ((bytes[at + 1]! & 0xfe) === 0xf8) {
      bytes[at + 5] = crc8(bytes, at, at + 5);
      mended++;
    }
    at = bytes.indexOf(0xff, at + 1);
  }
  return bytes;
}
