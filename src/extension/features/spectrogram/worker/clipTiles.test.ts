import { describe, expect, it } from 'vitest';
import { openAudio } from '../../../../dsp/audioFile.ts';
import { memorySource } from '../../../../dsp/byteSource.ts';
import { createFeatureExtractor } from '../../../../dsp/features.ts';
import { melCentresHz } from '../../../../dsp/mel.ts';
import { createFreePicture, createTrainingPicture } from '../../../../dsp/picture/pictureExtractor.ts';
import { picturePreset } from '../../../../dsp/picture/picturePresets.ts';
import { loadResampler } from '../../../../dsp/resample.ts';
import { featuresSchema } from '../../../../shared/config/featuresSchema.ts';
import { mixedChannels } from '../../../../shared/protocol/spectrogram.ts';
import { tilesIn, topLevel } from '../../../../shared/protocol/spectrogramTiles.ts';
import { createChannelReader } from './channelReader.ts';
import { type ClipTiles, createClipTiles, type SurveyFigures } from './clipTiles.ts';

const spec = featuresSchema.parse({});
const [startHz, endHz] = [200, 7000];

/** A tone that rises linearly in frequency, as float samples. */
function chirp(durationSec: number, rateHz: number, level = 0.5): Float32Array {
  const slope = (endHz - startHz) / durationSec;
  return Float32Array.from({ length: Math.round(durationSec * rateHz) }, (_, i) => {
    const t = i / rateHz;
    return level * Math.sin(2 * Math.PI * (startHz * t + (slope * t * t) / 2));
  });
}

/** A RIFF file of 32-bit floats. */
function floatWav(channels: Float32Array[], rateHz: number): Uint8Array {
  const [count, width] = [channels[0]!.length, 4 * channels.length];
  const bytes = new Uint8Array(44 + count * width);
  const view = new DataView(bytes.buffer);
  const words: [number, string][] = [
    [0, 'RIFF'],
    [8, 'WAVE'],
    [12, 'fmt '],
    [36, 'data'],
  ];
  for (const [at, text] of words) for (let i = 0; i < 4; i++) view.setUint8(at + i, text.charCodeAt(i));
  view.setUint32(4, 36 + count * width, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * width, true);
  view.setUint16(32, width, true);
  view.setUint16(34, 32, true);
  view.setUint32(40, count * width, true);
  const samples = new Float32Array(bytes.buffer, 44);
  for (const [c, channel] of channels.entries())
    for (let i = 0; i < count; i++) samples[i * channels.length + c] = channel[i]!;
  return bytes;
}

async function tilesOf(channels: Float32Array[], rateHz: number, channel = mixedChannels): Promise<ClipTiles> {
  const clip = await openAudio(memorySource(floatWav(channels, rateHz)));
  const resampler = rateHz === spec.sampleRateHz ? undefined : await loadResampler();
  return createClipTiles(createChannelReader(clip, channel), await createTrainingPicture(spec), resampler);
}

/** All columns of a level, as [columns, bins]. */
async function spectrogramLevel(tiles: ClipTiles, level: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < tilesIn(tiles.spectrogramGrid, level); index++)
    parts.push(new Uint8Array((await tiles.spectrogramTile({ level, index }, true)).data));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const surveyed = (tiles: ClipTiles, report: (progress: SurveyFigures) => void = () => {}) =>
  tiles.surveyAll(report, () => false);

/** The loudest band of each column, as a frequency. */
function ridgeHz(cells: Uint8Array): number[] {
  const centres = melCentresHz(spec);
  return Array.from({ length: cells.length / spec.mels }, (_, column) => {
    const values = cells.subarray(column * spec.mels, (column + 1) * spec.mels);
    return centres[values.indexOf(Math.max(...values))]!;
  });
}

describe('spectrogram tiles', () => {
  it.each([16_000, 44_100, 8000])('show a chirp rising along its curve at %i Hz, at every level', async (rateHz) => {
    const durationSec = 30;
    const tiles = await tilesOf([chirp(durationSec, rateHz)], rateHz);
    const top = topLevel(tiles.spectrogramGrid);
    expect(top).toBeGreaterThan(2);
    for (let level = 0; level <= top; level++) {
      const ridge = ridgeHz(await spectrogramLevel(tiles, level));
      const columnSec = (2 ** level * spec.hopSamples) / spec.sampleRateHz;
      let checked = 0;
      for (const [column, hz] of ridge.entries()) {
        const timeSec = (column + 0.5) * columnSec - spec.hopSamples / spec.sampleRateHz / 2;
        const expected = startHz + ((endHz - startHz) * timeSec) / durationSec;
        if (timeSec < 0.1 || timeSec > durationSec - 0.1 || expected > (rateHz / 2) * 0.95) continue;
        // Half the distance of two bands (4.5 % at the top), and half of what the tone rises within one column.
        const tolerance = Math.max(40, 0.05 * expected) + ((endHz - startHz) * columnSec) / durationSec / 2;
        expect(Math.abs(hz - expected), `level ${level}, column ${column}`).toBeLessThanOrEqual(tolerance);
        checked++;
      }
      expect(checked).toBeGreaterThan((ridge.length * Math.min(1, rateHz / 20_000)) / 2 - 1);
    }
  });

  it.each([16_000, 22_050, 48_000, 11_127])(
    'are what training computes for the whole clip at %i Hz',
    async (rateHz) => {
      const noise = chirp(9, rateHz, 0.3).map((value, i) => value + 0.05 * Math.sin(i * i));
      const tiles = await tilesOf([noise], rateHz);
      const extractor = await createFeatureExtractor(spec);
      const resampled = (await loadResampler()).resample(noise, rateHz, spec.sampleRateHz);
      const whole = extractor.extract(resampled);
      expect(tiles.spectrogramGrid.units).toBe(whole.frames);
      const { minDb, stepDb } = await tiles.probe();
      const cells = await spectrogramLevel(tiles, 0);
      expect(cells.length).toBe(whole.data.length);
      let worst = 0;
      for (let i = 0; i < cells.length; i++)
        worst = Math.max(worst, Math.abs(minDb + cells[i]! * stepDb - Math.max(minDb, whole.data[i]!)));
      // Half a step of quantisation; stretches are resampled apart, which leaves less than a tenth of a step.
      expect(worst).toBeLessThan(stepDb * 0.6);
    },
  );

  it('show a click of 5 ms as loud when zoomed out as when zoomed in, also beyond the first look', async () => {
    const rateHz = 16_000;
    const samples = new Float32Array(rateHz * 200);
    // Where no spot is looked at.
    const click = Math.round(rateHz * 123.4);
    for (let i = 0; i < 80; i++) samples[click + i] = 0.9 * Math.sin(i);
    const tiles = await tilesOf([samples], rateHz);
    const top = topLevel(tiles.spectrogramGrid);
    const early = await tiles.spectrogramTile({ level: top, index: 0 }, false);
    expect(early.complete).toBe(false);
    const progress: SurveyFigures[] = [];
    const wanted = tiles.spectrogramTile({ level: top, index: 0 }, true);
    await surveyed(tiles, (one) => progress.push(one));
    const late = await wanted;
    expect(late.complete).toBe(true);
    const cells = new Uint8Array(late.data);
    const column = Math.floor(123.4 / ((2 ** top * spec.hopSamples) / spec.sampleRateHz));
    const loudest = (at: number) => Math.max(...cells.subarray(at * spec.mels, (at + 1) * spec.mels));
    const near = new Uint8Array(
      (await tiles.spectrogramTile({ level: 0, index: Math.floor(12_340 / 256) }, true)).data,
    );
    expect(loudest(column)).toBe(Math.max(...near));
    expect(loudest(column)).toBeGreaterThan(150);
    expect(loudest(column - 2)).toBe(0);
    expect(progress.at(-1)).toMatchObject({ done: 1, problems: [] });
    expect(progress.at(-1)!.peak).toBeCloseTo(0.9, 1);
    const waveTop = topLevel(tiles.waveformGrid);
    const wave = new Float32Array((await tiles.waveformTile({ level: waveTop, index: 0 }, true)).data);
    expect(wave[Math.floor(click / 2 ** waveTop) * 3 + 1]).toBeCloseTo(0.9, 1);
  });

  it('hold the highest level of the frames under each column', async () => {
    const tiles = await tilesOf([chirp(100, 16_000)], 16_000);
    await surveyed(tiles);
    const fine = await spectrogramLevel(tiles, 0);
    for (const level of [2, 5, 8]) {
      const coarse = await spectrogramLevel(tiles, level);
      for (let column = 0; column < coarse.length / spec.mels; column++)
        for (let bin = 0; bin < spec.mels; bin += 7) {
          let highest = 0;
          const end = Math.min(fine.length / spec.mels, (column + 1) * 2 ** level);
          for (let frame = column * 2 ** level; frame < end; frame++)
            highest = Math.max(highest, fine[frame * spec.mels + bin]!);
          expect(coarse[column * spec.mels + bin], `level ${level}, column ${column}`).toBe(highest);
        }
    }
  });

  it('hold a click of a free picture too, at every level', async () => {
    const rateHz = 16_000;
    const samples = new Float32Array(rateHz * 62);
    const click = Math.round(rateHz * 41.3);
    for (let i = 0; i < 80; i++) samples[click + i] = 0.9 * Math.sin(i);
    const clip = await openAudio(memorySource(floatWav([samples], rateHz)));
    const picture = await createFreePicture(picturePreset('wideBand', rateHz), rateHz);
    const tiles = createClipTiles(createChannelReader(clip, mixedChannels), picture, undefined);
    await surveyed(tiles);
    const top = topLevel(tiles.spectrogramGrid);
    const loudest = async (level: number, index: number) =>
      new Uint8Array((await tiles.spectrogramTile({ level, index }, true)).data).reduce((a, b) => Math.max(a, b), 0);
    const near = await loudest(0, Math.floor(41_300 / 2 / tiles.spectrogramGrid.tileColumns));
    expect(near).toBeGreaterThan(100);
    for (let level = 1; level <= top; level++) {
      const index = Math.floor(41_300 / 2 / tiles.spectrogramGrid.tileColumns / 2 ** level);
      expect(await loudest(level, index), `level ${level}`).toBe(near);
    }
  });

  it('are of one channel or of the mean', async () => {
    const loud = chirp(2, 16_000);
    const silent = new Float32Array(loud.length);
    const peaks = await Promise.all(
      [0, 1, mixedChannels].map(async (channel) => {
        const { peak } = await (await tilesOf([loud, silent], 16_000, channel)).probe();
        return peak;
      }),
    );
    expect(peaks[0]).toBeCloseTo(0.5, 2);
    expect(peaks[1]).toBe(0);
    expect(peaks[2]).toBeCloseTo(0.25, 2);
  });

  it('show samples that are not numbers as 0 and say where they are', async () => {
    const samples = chirp(1, 16_000);
    samples[8000] = Number.NaN;
    samples[8001] = Number.POSITIVE_INFINITY;
    const tiles = await tilesOf([samples], 16_000);
    const progress: SurveyFigures[] = [];
    await surveyed(tiles, (one) => progress.push(one));
    expect(progress.at(-1)!.problems).toMatchObject([{ code: 'audio-not-finite' }]);
    expect(progress.at(-1)!.problems[0]!.message).toContain('2 samples');
    expect(progress.at(-1)!.problems[0]!.message).toContain('0.500 s');
  });

  it('answer for clips of no, one and few samples', async () => {
    for (const length of [0, 1, 159, 161]) {
      const tiles = await tilesOf([new Float32Array(length).fill(0.1)], 16_000);
      await surveyed(tiles);
      const cells = await spectrogramLevel(tiles, 0);
      expect(cells.length).toBe(length === 0 ? 0 : (1 + Math.floor(length / 160)) * spec.mels);
    }
  });

  it('keep their scale above full scale', async () => {
    const tiles = await tilesOf([chirp(1, 16_000, 3000)], 16_000);
    const { minDb, highDb } = await tiles.probe();
    expect(minDb).toBeGreaterThan(-100);
    const cells = await spectrogramLevel(tiles, 0);
    expect(Math.max(...cells)).toBeLessThan(255);
    expect(highDb).toBeGreaterThan(60);
  });
});
