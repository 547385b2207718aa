import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { createRandom } from '../shared/random.ts';
import { AudioError } from './audioError.ts';
import { openAudio } from './audioFile.ts';
import { memorySource } from './byteSource.ts';
import { inspectAudio, inspectSamples } from './inspectAudio.ts';
import { loadResampler } from './resample.ts';
import { writeWav } from './writeWav.ts';

const inspect = (channels: Float32Array[], name?: string, rate = 16000) =>
  inspectAudio(memorySource(writeWav(channels, rate)), name);

const codesOf = async (channels: Float32Array[], name?: string) =>
  (await inspect(channels, name)).problems.map((problem) => problem.code);

const random = createRandom('inspect');
/** Noise that falls with frequency, as speech does. */
const noise = (samples: number, gain = 0.1) => {
  let last = 0;
  return Float32Array.from({ length: samples }, () => {
    last = 0.7 * last + gain * random.normal() * 0.5;
    return last;
  });
};

/** One channel of 32-bit floats as they are. */
function floatWav(samples: number[]): Uint8Array {
  const file = new wavefile.WaveFile();
  file.fromScratch(1, 16000, '32f', samples);
  return file.toBuffer();
}

describe('inspectAudio', () => {
  it('has nothing to say about an ordinary recording', async () => {
    const samples = noise(20_000);
    const report = await inspect([samples], 'a/speech.WAV');
    expect(report).toMatchObject({
      encoding: 'pcm-s16',
      sampleRateHz: 16000,
      channels: 1,
      frames: 20_000,
      problems: [],
    });
    expect(report.durationSec).toBe(1.25);
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    expect(report.levels.rms).toBeCloseTo(rms, 4);
    expect(report.levels.peak).toBeCloseTo(
      samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0),
      4,
    );
  });

  it('sees silence, digital and near', async () => {
    expect(await codesOf([new Float32Array(500)])).toEqual(['audio-silent']);
    expect(await codesOf([noise(5000, 0.0003)])).toEqual(['audio-silent']);
    expect(await codesOf([new Float32Array(0)])).toEqual(['audio-empty']);
  });

  it('sees flat tops but not single peaks', async () => {
    const loud = noise(20_000).map((x) => Math.max(-1, Math.min(1, 12 * x)));
    expect(await codesOf([loud])).toEqual(['clipped']);
    const peaks = noise(20_000).map((x, i) => (i % 100 === 0 ? 1 : x));
    expect(await codesOf([peaks])).toEqual([]);
  });

  it('sees a constant offset', async () => {
    expect(await codesOf([noise(20_000, 0.02).map((x) => x + 0.1)])).toEqual(['dc-offset']);
  });

  it('sees channels that are silent or cancel', async () => {
    const one = noise(20_000);
    expect(await codesOf([one, one.map((x) => -x)])).toEqual(['audio-channels']);
    expect(await codesOf([one, new Float32Array(20_000)])).toEqual(['audio-channels']);
    expect(await codesOf([one, noise(20_000)])).toEqual([]);
  });

  it('sees NaN, infinity and floats beyond full scale', async () => {
    const values = [...noise(4000)];
    values[1600] = Number.NaN;
    values[1601] = Number.POSITIVE_INFINITY;
    values.fill(1.5, 10, 20);
    const report = await inspectAudio(memorySource(floatWav(values)));
    expect(report.problems.map((problem) => problem.code)).toEqual(['audio-not-finite', 'audio-over-range']);
    expect(report.problems[0]!.message).toContain('2 samples are NaN or infinite, the first at 0.100 s');
    expect([report.levels.peak, report.levels.notFinite]).toEqual([1.5, 2]);
  });

  it('sees 16-bit samples in the wrong byte order', async () => {
    const bytes = writeWav([noise(20_000)], 16000);
    for (let i = 44; i < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1]!, bytes[i]!];
    const report = await inspectAudio(memorySource(bytes));
    expect(report.problems.map((problem) => problem.code)).toContain('audio-content');
  });

  it('sees a name that promises something else', async () => {
    expect(await codesOf([noise(2000)], 'x.flac')).toEqual(['audio-name']);
    expect(await codesOf([noise(2000)], 'x.mp3')).toEqual(['audio-name']);
    expect(await codesOf([noise(2000)], 'no-extension')).toEqual([]);
  });

  it('sees that a recording was raised from a lower rate', async () => {
    const resampler = await loadResampler();
    const raised = resampler.resample(noise(20_000), 8000, 16000);
    const report = await inspect([raised]);
    expect(report.problems.map((problem) => problem.code)).toEqual(['audio-upsampled']);
    expect(report.problems[0]!.message).toContain('nothing above 4000 Hz');
  });

  it('looks at a span alone', async () => {
    const samples = noise(20_000);
    samples.fill(0, 5000, 9000);
    const clip = await openAudio(memorySource(writeWav([samples], 16000)));
    const silent = await inspectSamples(clip, { startFrame: 5000, frames: 4000 });
    expect(silent.problems.map(({ code }) => code)).toEqual(['audio-silent']);
    const around = await inspectSamples(clip, { startFrame: 8000, frames: 12_000 });
    expect(around.problems).toEqual([]);
    const alone = await inspect([samples.subarray(8000)]);
    expect(around.levels).toEqual(alone.levels);
  });

  it('gives the same in whatever chunks the samples come', async () => {
    const long = Array.from({ length: 5 }, () => noise(70_003));
    const report = await inspect(long);
    const single = await Promise.all(long.map((samples) => inspect([samples])));
    expect(report.levels.channels).toEqual(single.map((one) => one.levels.channels[0]));
  });

  it('throws what openAudio throws', async () => {
    await expect(inspectAudio(memorySource(new Uint8Array(100)))).rejects.toThrow(AudioError);
  });
});

const shared = join(import.meta.dirname, '../../../shared/data');
const sharedMissing = !existsSync(shared);
if (sharedMissing && process.env.CI !== 'true')
  console.log(`skipped: ${shared} is absent, so no recordings were inspected`);

describe.skipIf(sharedMissing && process.env.CI !== 'true')('recorded speech', () => {
  const codesIn = async (folder: string, limit: number) => {
    const counts: Record<string, number> = {};
    const files = readdirSync(join(shared, folder), { recursive: true, encoding: 'utf8' });
    const audio = files.filter((name) => /\.(wav|flac)$/.test(name)).sort();
    const every = Math.max(1, Math.floor(audio.length / limit));
    for (const file of audio.filter((_, i) => i % every === 0)) {
      const { problems } = await inspectAudio(
        memorySource(new Uint8Array(readFileSync(join(shared, folder, file)))),
        file,
      );
      for (const { code } of problems) counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  };

  it('of good corpora is not complained about', async () => {
    expect(await codesIn('an4/wav', 100)).toEqual({});
    expect(await codesIn('librispeech-mini/dev-clean', 100)).toEqual({});
    expect(await codesIn('librispeech-mini/test-other', 100)).toEqual({});
    expect(await codesIn('ljspeech-mini', 100)).toEqual({});
    expect(await codesIn('digits/original-8k', 100)).toEqual({});
  });

  it('that was raised from 8 kHz is mostly found out', async () => {
    const counts = await codesIn('digits/wav', 100);
    expect(Object.keys(counts)).toEqual(['audio-upsampled']);
    expect(counts['audio-upsampled']).toBeGreaterThan(70);
  });
});
