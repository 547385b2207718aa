import { describe, expect, it } from 'vitest';
import { openAudio } from './audioFile.ts';
import { memorySource } from './byteSource.ts';
import { writeWav } from './writeWav.ts';

describe('writeWav', () => {
  it('is read back exactly, channel by channel', async () => {
    const left = Float32Array.from({ length: 1001 }, (_, i) => Math.sin(i / 7) * 0.9);
    const right = Float32Array.from({ length: 1001 }, (_, i) => Math.cos(i / 5) * 0.3);
    const clip = await openAudio(memorySource(writeWav([left, right], 22050)));
    expect(clip.info).toMatchObject({
      container: 'riff',
      encoding: 'pcm-s16',
      sampleRateHz: 22050,
      channels: 2,
      frames: 1001,
      problems: [],
    });
    const read = await clip.readSamples(0, 1001);
    expect(read[0]).toEqual(left.map((x) => Math.round(x * 32768) / 32768));
    expect(read[1]).toEqual(right.map((x) => Math.round(x * 32768) / 32768));
  });

  it('clips instead of wrapping round, and writes NaN as silence', async () => {
    const clip = await openAudio(memorySource(writeWav([Float32Array.of(1, 1.7, -1, -3, Number.NaN)], 8000)));
    const top = 32767 / 32768;
    expect(await clip.readSamples(0, 5)).toEqual([Float32Array.of(top, top, -1, -1, 0)]);
  });

  it('refuses channels of different length', () => {
    expect(() => writeWav([new Float32Array(3), new Float32Array(4)], 8000)).toThrow('one length');
    expect(() => writeWav([], 8000)).toThrow('at least one');
  });
});
