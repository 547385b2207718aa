import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AudioFigures, ChannelFigures } from '../shared/audioFigures.ts';
import { createRandom } from '../shared/random.ts';
import type { AudioClip } from './audioClip.ts';
import { openAudio } from './audioFile.ts';
import { memorySource } from './byteSource.ts';
import { measureAudio } from './measureAudio.ts';

const folder = join(import.meta.dirname, '../../test/fixtures/measure');
const rate = 16_000;

function clipOf(channels: Float32Array[], encoding = 'float-32'): AudioClip {
  const frames = channels[0]!.length;
  const info = { container: 'riff', encoding, sampleRateHz: rate, channels: channels.length, frames } as const;
  return {
    info: { ...info, durationSec: frames / rate, problems: [] },
    readSamples: async (start, count) => channels.map((one) => one.slice(start, start + count)),
  };
}
const measure = async (samples: Float32Array, encoding?: string): Promise<ChannelFigures> =>
  (await measureAudio(clipOf([samples], encoding), 0, samples.length))!.channels[0]!;
const signal = (seconds: number, at: (sec: number, i: number) => number) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => at(i / rate, i));
const decibels = (amplitude: number) => 20 * Math.log10(amplitude);

describe('figures of a stretch', () => {
  it('are those of NumPy and SciPy', async () => {
    const clip = await openAudio(memorySource(readFileSync(join(folder, 'speechlike.wav'))));
    const expected = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as {
      stretches: AudioFigures[];
    } & Record<'snrDb' | 'noiseFloor' | 'silenceShare', number>;
    for (const stretch of expected.stretches) {
      const found = (await measureAudio(clip, stretch.startFrame, stretch.frames))!;
      expect([found.startFrame, found.frames]).toEqual([stretch.startFrame, stretch.frames]);
      stretch.channels.forEach((channel, index) => {
        // Sums of float64 in another order.
        for (const [name, value] of Object.entries(channel))
          expect(found.channels[index]![name as keyof ChannelFigures], name).toBeCloseTo(value as number, 9);
      });
    }
    // The signal was made of a tone for 60 % of the time and noise 25 dB below it.
    const [first] = (await measureAudio(clip, 0, clip.info.frames))!.channels;
    expect(Math.abs(first!.snrDb! - expected.snrDb)).toBeLessThan(1.5);
    expect(Math.abs(decibels(first!.noiseFloor! / expected.noiseFloor))).toBeLessThan(1);
    expect(first!.silenceShare).toBeCloseTo(expected.silenceShare, 1);
  });

  it('are known of a sine at −6 dBFS', async () => {
    const sine = await measure(signal(1, (sec) => 10 ** (-6 / 20) * Math.sin(2 * Math.PI * 1000 * sec)));
    expect(decibels(sine.peak)).toBeCloseTo(-6, 5);
    expect(decibels(sine.rms)).toBeCloseTo(-9.0103, 4);
    expect(sine).toMatchObject({ clippedSamples: 0, notFiniteSamples: 0, snrDb: undefined, silenceShare: 0 });
    expect(sine.zeroCrossingsPerSec).toBeCloseTo(2000, -1);
    expect(Math.abs(sine.bandwidthHz! - 1000)).toBeLessThan(80);
    expect(Math.abs(sine.dcOffset)).toBeLessThan(1e-6);
  });

  it('count the samples of a clipped square, and no peak of one sample', async () => {
    const square = signal(1, (sec) => ((sec * 100) % 1 < 0.5 ? 1 : -1) * 0.999_969_5);
    expect((await measure(square, 'pcm-s16')).clippedSamples).toBe(rate);
    const spikes = signal(1, (_, i) => (i % 1000 === 0 ? 0.999_969_5 : 0.1));
    expect((await measure(spikes, 'pcm-s16')).clippedSamples).toBe(0);
  });

  it('name what noise and offset there is', async () => {
    const random = createRandom('measure', '1');
    const noise = signal(2, () => 0.01 * random.normal() + 0.05);
    const found = await measure(noise);
    expect(decibels(found.noiseFloor!)).toBeCloseTo(-40, 0);
    expect(found.dcOffset).toBeCloseTo(0.05, 3);
    expect(found.bandwidthHz).toBe(8000);
    expect(found.snrDb).toBeUndefined();
  });

  it('say that nothing is to be heard in digital silence, and of nothing at all', async () => {
    const silence = { rms: 0, peak: 0, silenceShare: 1, bandwidthHz: undefined, noiseFloor: undefined };
    expect(await measure(new Float32Array(rate))).toMatchObject(silence);
    expect(await measure(new Float32Array(0))).toMatchObject({ rms: 0, silenceShare: 0, zeroCrossingsPerSec: 0 });
  });

  it('count what is not finite and are not spoiled by it', async () => {
    const broken = signal(1, (sec, i) => (i % 5000 === 7 ? Number.NaN : 0.5 * Math.sin(2 * Math.PI * 500 * sec)));
    const found = await measure(broken);
    expect(found.notFiniteSamples).toBe(4);
    expect(found.bandwidthHz).toBeGreaterThan(0);
    expect(found.rms).toBeCloseTo(Math.SQRT1_2 / 2, 3);
  });

  it('end when they are told to', async () => {
    const clip = clipOf([new Float32Array(400_000)]);
    const told: number[] = [];
    const pause = async (done: number) => told.push(done) === 2;
    expect(await measureAudio(clip, 0, 400_000, { pause })).toBeUndefined();
    expect(told.length).toBe(2);
  });
});
