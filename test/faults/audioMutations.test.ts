import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openAudio } from '../../src/dsp/audioFile.ts';
import { type ByteSource, memorySource } from '../../src/dsp/byteSource.ts';
import { crc8 } from '../../src/dsp/flac/crc.ts';
import { inspectAudio } from '../../src/dsp/inspectAudio.ts';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { mendFrameChecksums } from './audioMutants.ts';
import type { MutationRun } from './audioMutationRun.ts';
import { exerciseAudio } from './exerciseAudio.ts';
import { times } from './faultTimes.ts';

/** The seed of the first one is given from outside to try others; that of a failure is printed. */
const cases = Number(process.env.ASR_AUDIO_MUTATIONS ?? times(200_000, 5_000_000));
const firstSeed = Number(process.env.ASR_AUDIO_MUTATION_SEED ?? 1);
const maxMilliseconds = 1000;
const maxBytes = 64 * 2 ** 20;

const fixtures = join(import.meta.dirname, '../fixtures/audio');

/** Two processes take turns, so that each knows what its mutants cost. */
async function runMutants(): Promise<MutationRun[]> {
  const file = join(import.meta.dirname, 'audioMutationRun.ts');
  const run = async (offset: number) => {
    const range = [firstSeed + offset, firstSeed + cases, 2].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...range]);
    return JSON.parse(stdout) as MutationRun;
  };
  return Promise.all([run(0), run(1)]);
}

describe('mutated audio', () => {
  it(`row 7: a mutated recording gives data or a typed error (${cases} times)`, async () => {
    const runs = await runMutants();
    const sum = (key: 'data' | 'error') => runs.reduce((total, run) => total + run[key], 0);
    const most = (key: keyof MutationRun) => Math.max(...runs.map((run) => run[key]));
    console.log(
      `${cases} mutants of ${most('originals')} files: ${sum('data')} data, ${sum('error')} typed errors; slowest ` +
        `${most('slowestMs').toFixed(0)} ms, largest ${(most('largestBytes') / 2 ** 20).toFixed(1)} MiB, ` +
        `processes grew by ${(most('grownBytes') / 2 ** 20).toFixed(0)} MiB`,
    );
    expect(most('originals')).toBeGreaterThan(25);
    expect(sum('data') + sum('error')).toBe(cases);
    expect(most('slowestMs')).toBeLessThan(maxMilliseconds);
    expect(most('largestBytes')).toBeLessThan(maxBytes);
    // What is collected late counts here: a mutant that takes far more than its share would show.
    expect(most('grownBytes')).toBeLessThan(8 * maxBytes);
    // Both must really occur, or the mutator is too tame or too wild.
    expect(sum('data')).toBeGreaterThan(cases / 5);
    expect(sum('error')).toBeGreaterThan(cases / 10);
  }, 1_800_000);
});

describe('hostile audio', () => {
  const bounded = async (bytes: Uint8Array) => {
    const heldBefore = process.memoryUsage().arrayBuffers;
    const startedAt = performance.now();
    const result = await exerciseAudio(bytes);
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
