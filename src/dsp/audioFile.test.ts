import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../shared/problem.ts';
import { AudioError } from './audioError.ts';
import { openAudio, readMono } from './audioFile.ts';
import { type ByteSource, memorySource } from './byteSource.ts';
import { writeWav } from './writeWav.ts';

interface ZooEntry {
  file: string;
  verdict: string;
  sha256: string;
  odd: string;
  sample_rate: number;
  channels: number;
  frames: number;
  float_check?: { first_ch0: number[]; peak: number; rms: number };
}

const zoo = join(import.meta.dirname, '../../../shared/data/wav-zoo');
const zooMissing = !existsSync(zoo);
if (zooMissing && process.env.CI !== 'true') console.log(`skipped: ${zoo} is absent, so odd files were not read`);

/** Files the three tools decode and this reader refuses on purpose: other containers. */
const refused = /^AIFF|^Sun AU/;

describe.skipIf(zooMissing && process.env.CI !== 'true')('the zoo of odd files', () => {
  const lines = zooMissing ? [] : readFileSync(join(zoo, 'expected.jsonl'), 'utf8').trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as ZooEntry);

  it('is all there', () => {
    expect(entries.length).toBe(198);
  });

  it.each(entries.map((entry) => [entry.file.replace('files/', ''), entry] as const))('%s', async (_, entry) => {
    const bytes = new Uint8Array(readFileSync(join(zoo, entry.file)));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
    if (entry.verdict.startsWith('error') || refused.test(entry.odd)) {
      await expect(openAudio(memorySource(bytes))).rejects.toThrow(AudioError);
      return;
    }
    let clip: Awaited<ReturnType<typeof openAudio>>;
    try {
      clip = await openAudio(memorySource(bytes));
    } catch (error) {
      // Where the tools disagree a clear refusal is right too; which files, is decided in the next test.
      expect(entry.verdict).toMatch(/^differs/);
      expect(error).toBeInstanceOf(AudioError);
      return;
    }
    const { sampleRateHz, channels, frames } = clip.info;
    expect({ sampleRateHz, channels, frames }).toEqual({
      sampleRateHz: entry.sample_rate,
      channels: entry.channels,
      frames: entry.frames,
    });
    const samples = await clip.readSamples(0, frames);
    if (entry.float_check) expectLevels(samples, entry.float_check);
  });

  it('refuses only these of the files the tools disagree on', async () => {
    const names: string[] = [];
    for (const entry of entries.filter((one) => one.verdict.startsWith('differs'))) {
      const source = memorySource(new Uint8Array(readFileSync(join(zoo, entry.file))));
      await openAudio(source).catch((error: AudioError) => {
        names.push(`${entry.file.replace('files/', '')}: ${error.problem.code}`);
      });
    }
    expect(names).toEqual([
      'hound__crash-e5471f5b58397287b509db7d026e95f1724454f5.wav: audio-header',
      'jst__data_chunk_has_incomplete_chunk_size.wav: audio-no-data',
      'jst__extensible_unsupported_subformat_guid.wav: audio-header',
      'mm__Fnonull.aif: audio-container',
      'mm__gsm610.wav: audio-codec',
      'mm__mpeglayer3.wav: audio-codec',
    ]);
  });

  it('says what is odd about the files that it reads', async () => {
    const codesOf = async (name: string) => {
      const clip = await openAudio(memorySource(new Uint8Array(readFileSync(join(zoo, 'files', name)))));
      return clip.info.problems.map((problem) => problem.code);
    };
    expect(await codesOf('jst__data_chunk_truncated.wav')).toEqual(['audio-truncated']);
    expect(await codesOf('mm__ffmpeg-missing-chunksize.wav')).toEqual(['audio-size']);
    expect(await codesOf('pat__wav-misordered.wav')).toEqual(['audio-chunk-order']);
    expect(await codesOf('jst__no_samples.wav')).toEqual(['audio-empty']);
    expect(await codesOf('bw64__rect_24bit_nods64.wav')).toEqual(['audio-ds64']);
    expect(await codesOf('pysf__mono.wav')).toEqual([]);
  });
});

/** Levels as libsndfile gives them; printed with 9 decimals of values that are float32. */
function expectLevels(samples: Float32Array[], expected: { first_ch0: number[]; peak: number; rms: number }): void {
  let peak = 0;
  let square = 0;
  for (const channel of samples)
    for (const x of channel) {
      peak = Math.max(peak, Math.abs(x));
      square += x * x;
    }
  const rms = Math.sqrt(square / (samples.length * samples[0]!.length));
  const tolerance = 1e-8 + 1e-7 * expected.peak;
  for (const [i, value] of expected.first_ch0.entries())
    expect(Math.abs(samples[0]![i]! - value)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(peak - expected.peak)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(rms - expected.rms)).toBeLessThanOrEqual(10 * tolerance);
}

describe('openAudio', () => {
  const ascii = (text: string) => Uint8Array.from(text.padEnd(64, '\0'), (character) => character.charCodeAt(0));

  it.each([
    ['\xff\xfd\x90\x64', 'layer I or II'],
    ['\xff\xf1\x50\x80', 'AAC'],
    ['OggS\0\x02', 'Ogg'],
    ['FORM\0\0\0\x20AIFF', 'AIFF'],
    ['FORM\0\0\0\x20AIFC', 'AIFF'],
    ['.snd\0\0\0\x18', 'AU'],
    ['caff\0\x01\0\0', 'CAF'],
    ['\0\0\0\x20ftypM4A ', 'M4A'],
    ['\x1a\x45\xdf\xa3', 'WebM'],
    ['NIST_1A\n   1024\n', 'SPHERE'],
    ['riff\x2e\x91\xcf\x11', 'Wave64'],
    ['RIFF\x10\0\0\0AVI ', 'AVI'],
    ['version https://git-lfs.github.com/spec/v1', 'git lfs pull'],
    ['<!DOCTYPE html><html>', 'web page'],
  ])('names what it does not read: %j', async (head, name) => {
    const error = await openAudio(memorySource(ascii(head))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AudioError);
    expect(error).toBeInstanceOf(UserError);
    expect((error as AudioError).problem).toMatchObject({ code: 'audio-container', severity: 'error' });
    expect((error as AudioError).message).toContain(name);
  });

  it('says what an unknown file starts with', async () => {
    await expect(openAudio(memorySource(ascii('abcd')))).rejects.toThrow('61 62 63 64');
    await expect(openAudio(memorySource(new Uint8Array(0)))).rejects.toThrow('empty');
  });

  it('reads ranges, not the file', async () => {
    const bytes = writeWav([Float32Array.from({ length: 4_000_000 }, (_, i) => (i % 100) / 200)], 16000);
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      read: (offset, length) => {
        read += length;
        return memorySource(bytes).read(offset, length);
      },
    };
    const clip = await openAudio(source);
    const [part] = await clip.readSamples(3_999_990, 100);
    expect(part!.length).toBe(10);
    expect(part![0]).toBeCloseTo(0.45, 4);
    expect(read).toBeLessThan(20_000);
  });
});

describe('readMono', () => {
  it('is the mean of the channels and keeps to the range', async () => {
    const clip = await openAudio(
      memorySource(writeWav([Float32Array.of(0.5, 0.25, 0), Float32Array.of(0, 0.25, -0.5)], 8000)),
    );
    expect(await readMono(clip, 0, 99)).toEqual(Float32Array.of(0.25, 0.25, -0.25));
    expect(await readMono(clip, 1, 1)).toEqual(Float32Array.of(0.25));
    expect(await readMono(clip, 3, 5)).toEqual(new Float32Array(0));
    expect(await readMono(clip, -2, 2)).toEqual(Float32Array.of(0.25, 0.25));
  });

  it('gives the same in one read and in many', async () => {
    const channels = [0.3, 0.7, 0.1].map((f) => Float32Array.from({ length: 200_001 }, (_, i) => Math.sin(i * f)));
    const clip = await openAudio(memorySource(writeWav(channels, 48000)));
    const whole = await readMono(clip, 0, 200_001);
    const parts = await Promise.all([0, 1, 2].map((i) => readMono(clip, i * 66_667, 66_667)));
    expect(Float32Array.from(parts.flatMap((part) => [...part]))).toEqual(whole);
  });

  it('names the time of a sample that is not a number', async () => {
    const clip = {
      info: {
        container: 'riff' as const,
        encoding: 'float-32',
        sampleRateHz: 1000,
        channels: 1,
        frames: 3000,
        durationSec: 3,
        problems: [],
      },
      readSamples: (start: number, count: number) =>
        Promise.resolve([Float32Array.from({ length: count }, (_, i) => (start + i === 2500 ? Number.NaN : 0))]),
    };
    await expect(readMono(clip, 0, 3000)).rejects.toThrow('2.500 s');
    expect((await readMono(clip, 0, 2500)).length).toBe(2500);
  });
});
