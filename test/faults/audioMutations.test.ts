import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AudioError } from '../../src/dsp/audioError.ts';
import { openAudio, readMono } from '../../src/dsp/audioFile.ts';
import { type ByteSource, memorySource } from '../../src/dsp/byteSource.ts';
import { crc8 } from '../../src/dsp/flac/crc.ts';
import { inspectAudio } from '../../src/dsp/inspectAudio.ts';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom, type Random } from '../../src/shared/random.ts';

/** 5,000 in CI; the nightly count is set from outside. The seed is printed with a failure. */
const cases = Number(process.env.ASR_AUDIO_MUTATIONS ?? 5000);
const firstSeed = Number(process.env.ASR_AUDIO_MUTATION_SEED ?? 1);
const maxMilliseconds = 1000;
const maxBytes = 64 * 2 ** 20;

const fixtures = join(import.meta.dirname, '../fixtures/audio');
const zoo = join(import.meta.dirname, '../../../shared/data/wav-zoo/files');

function seedFiles(): { name: string; bytes: Uint8Array }[] {
  const paths = [fixtures, ...(existsSync(zoo) ? [zoo] : [])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !/\.(pcm|json)$/.test(name))
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).size < 60_000),
  );
  const tone = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i / 9));
  return [
    { name: 'written', bytes: writeWav([tone, tone], 16000) },
    ...paths.map((path) => ({ name: path, bytes: new Uint8Array(readFileSync(path)) })),
  ];
}

const extremes = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const words = [
  'RIFF',
  'RIFX',
  'RF64',
  'WAVE',
  'fmt ',
  'data',
  'ds64',
  'fact',
  'LIST',
  'fLaC',
  'ID3\x04',
  '\xfe\xff\0\0',
  '\x11\0\x02\0',
];

/** One to four faults, most of them in the header, where bytes mean the most. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes = original.slice();
  for (let fault = random.below(4); fault >= 0 && bytes.length > 0; fault--) {
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
        for (const [i, character] of [...words[random.below(words.length)]!].entries())
          if (at + i < bytes.length) bytes[at + i] = character.charCodeAt(0);
        break;
      case 5:
        bytes = bytes.slice(0, at);
        break;
      case 6: {
        const length = random.below(64);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at, at + length), ...bytes.subarray(at)]);
        break;
      }
      default:
        bytes.fill(0, at, at + random.below(32));
    }
  }
  return random.below(2) === 0 ? mendFrameChecksums(bytes) : bytes;
}

function writeNumber(bytes: Uint8Array, at: number, value: number, width: number, random: Random): void {
  const little = random.below(4) > 0;
  for (let i = 0; i < width && at + i < bytes.length; i++)
    bytes[at + (little ? i : width - 1 - i)] = Math.floor(value / 256 ** i) % 256;
}

/** Makes what looks like the first FLAC frame headers pass their CRC, so that damage reaches the decoder. */
function mendFrameChecksums(bytes: Uint8Array): Uint8Array {
  for (let at = 42, mended = 0; at + 8 < bytes.length && mended < 3; at++) {
    if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) continue;
    bytes[at + 5] = crc8(bytes, at, at + 5);
    mended++;
  }
  return bytes;
}

/** Counts what is read, so that a file is neither read whole again and again nor beyond its end. */
function meteredSource(bytes: Uint8Array): ByteSource & { total: number } {
  const source = {
    size: bytes.length,
    total: 0,
    read(offset: number, length: number) {
      if (!(offset >= 0 && length >= 0)) throw new Error(`read(${offset}, ${length})`);
      source.total += Math.min(length, Math.max(0, bytes.length - offset));
      return memorySource(bytes).read(offset, length);
    },
  };
  return source;
}

/** Opens and reads both ends; anything but data or an AudioError is thrown on. */
async function exercise(bytes: Uint8Array): Promise<'data' | 'error'> {
  const source = meteredSource(bytes);
  const outcome = await readBothEnds(source);
  if (source.total > 24 * bytes.length + 100_000) throw new Error(`read ${source.total} of ${bytes.length} bytes`);
  return outcome;
}

async function readBothEnds(source: ByteSource): Promise<'data' | 'error'> {
  try {
    const { info, readSamples } = await openAudio(source);
    const plausible = info.channels >= 1 && info.sampleRateHz >= 1 && Number.isInteger(info.frames) && info.frames >= 0;
    if (!plausible || info.durationSec !== info.frames / info.sampleRateHz) throw new Error(JSON.stringify(info));
    const count = Math.min(info.frames, Math.ceil(20_000 / info.channels));
    for (const start of [0, info.frames - count]) {
      const channels = await readSamples(start, count);
      if (channels.length !== info.channels || channels.some((one) => one.length !== count)) throw new Error('shape');
    }
    const mono = await readMono({ info, readSamples }, Math.floor(info.frames / 2), 500);
    if (mono.some((x) => !Number.isFinite(x))) throw new Error('not finite');
    return 'data';
  } catch (error) {
    if (!(error instanceof AudioError) || error.message.length < 10) throw error;
    return 'error';
  }
}

describe('mutated audio', () => {
  const seeds = seedFiles();

  it(`gives data or a typed error, ${cases} times`, async () => {
    expect(seeds.length).toBeGreaterThan(18);
    const outcomes = { data: 0, error: 0 };
    let slowest = 0;
    let largest = 0;
    for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
      const random = createRandom('audio', seed);
      const { name, bytes } = seeds[random.below(seeds.length)]!;
      const mutated = mutate(bytes, random);
      const heldBefore = process.memoryUsage().arrayBuffers;
      const startedAt = performance.now();
      try {
        outcomes[await exercise(mutated)]++;
      } catch (error) {
        throw new Error(`seed ${seed} (${name}): ${String(error)}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - startedAt);
      largest = Math.max(largest, process.memoryUsage().arrayBuffers - heldBefore);
    }
    expect(slowest).toBeLessThan(maxMilliseconds);
    expect(largest).toBeLessThan(maxBytes);
    // Both must really occur, or the mutator is too tame or too wild.
    expect(outcomes.data).toBeGreaterThan(cases / 5);
    expect(outcomes.error).toBeGreaterThan(cases / 10);
    console.log(
      `${cases} mutants: ${outcomes.data} data, ${outcomes.error} typed errors; slowest ${slowest.toFixed(0)} ms, largest ${(largest / 2 ** 20).toFixed(1)} MiB`,
    );
  }, 600_000);
});

describe('hostile audio', () => {
  const bounded = async (bytes: Uint8Array) => {
    const heldBefore = process.memoryUsage().arrayBuffers;
    const startedAt = performance.now();
    const result = await exercise(bytes);
    expect(performance.now() - startedAt).toBeLessThan(maxMilliseconds);
    expect(process.memoryUsage().arrayBuffers - heldBefore).toBeLessThan(maxBytes);
    return result;
  };
  const wav = () => writeWav([new Float32Array(50_000)], 16000);
  const edited = (bytes: Uint8Array, edit: (view: DataView, bytes: Uint8Array) => void) => {
    edit(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes);
    return bytes;
  };

  it('with 65,535 channels', async () => {
    expect(
      await bounded(
        edited(wav(), (view) => {
          view.setUint16(22, 65535, true);
          view.setUint16(34, 8, true);
        }),
      ),
    ).toBe('data');
  });

  it('with a block size of zero', async () => {
    expect(await bounded(edited(wav(), (view) => view.setUint16(32, 0, true)))).toBe('data');
  });

  it('with chunks that lead nowhere, a million of them', async () => {
    const loop = new Uint8Array(8_000_012);
    loop.set(wav().subarray(0, 12));
    expect(await bounded(loop)).toBe('error');
  });

  it('with FLAC metadata that never ends', async () => {
    const bytes = new Uint8Array(4_000_000);
    bytes.set(readFileSync(join(fixtures, 's16-fixed.flac')).subarray(0, 42));
    bytes[4] = 0;
    expect(await bounded(bytes)).toBe('error');
  });

  it('with a FLAC header of 2^36 samples', async () => {
    const bytes = new Uint8Array(readFileSync(join(fixtures, 's16-fixed.flac')));
    bytes[21]! |= 15;
    bytes.fill(255, 22, 26);
    expect(await bounded(bytes)).toBe('data');
    expect((await openAudio(memorySource(bytes))).info.frames).toBe(5000);
  });

  it('with every FLAC byte a sync code', async () => {
    const bytes = new Uint8Array(2_000_000);
    for (let i = 0; i < bytes.length; i += 2) bytes.set([0xff, 0xf8], i);
    bytes.set(readFileSync(join(fixtures, 's16-fixed.flac')).subarray(0, 100));
    expect(await bounded(bytes)).toMatch(/data|error/);
  });

  it('whose FLAC frame numbers leap', async () => {
    const bytes = new Uint8Array(readFileSync(join(fixtures, 's16-silence.flac')));
    const last = bytes.lastIndexOf(0xf8) - 1;
    bytes[last + 4] = 0x7f;
    expect(await bounded(mendFrameChecksums(bytes))).toMatch(/data|error/);
  });

  it('of a gigabyte, whose first FLAC frame never ends', async () => {
    const flac = new Uint8Array(readFileSync(join(fixtures, 's16-fixed.flac')));
    const isHeader = (at: number) =>
      flac[at] === 0xff && flac[at + 1] === 0xf8 && crc8(flac, at, at + 5) === flac[at + 5];
    const first = flac.findIndex((_, at) => at > 42 && isHeader(at));
    const last = flac.findLastIndex((_, at) => flac[at] === 0xff && flac[at + 1] === 0xf8 && flac[at + 4] === 4);
    // A fixed predictor of order 0 whose Rice code is a run of zeros to the end of the file.
    const start = Uint8Array.from([...flac.subarray(0, first + 6), 0x10]);
    const end = flac.subarray(last);
    const size = 2 ** 30;
    let largestRead = 0;
    const source: ByteSource = {
      size,
      read(offset, length) {
        largestRead = Math.max(largestRead, length);
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        for (const [at, part] of [
          [0, start],
          [size - end.length, end],
        ] as const) {
          const from = Math.max(0, at - offset);
          const skip = Math.max(0, offset - at);
          if (from < bytes.length && skip < part.length)
            bytes.set(part.subarray(skip, skip + bytes.length - from), from);
        }
        return Promise.resolve(bytes);
      },
    };
    const startedAt = performance.now();
    const clip = await openAudio(source);
    expect(clip.info).toMatchObject({ frames: 5000, problems: [] });
    await expect(clip.readSamples(0, 10)).rejects.toThrow('at 0.000 s (byte');
    expect(performance.now() - startedAt).toBeLessThan(maxMilliseconds);
    expect(largestRead).toBeLessThan(2 ** 20);
  });

  it('is inspected whole within the same bounds', async () => {
    const startedAt = performance.now();
    const bytes = edited(wav(), (view) => view.setUint16(22, 2000, true));
    const report = await inspectAudio(memorySource(bytes)).catch((error: unknown) => error);
    expect(report).toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(maxMilliseconds);
  });
});
