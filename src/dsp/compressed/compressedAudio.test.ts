import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAudio } from '../audioFile.ts';
import { memorySource } from '../byteSource.ts';
import { openMp3 } from './openMp3.ts';
import { openOgg } from './openOgg.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/compressed');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(fixtures, name)));
const open = (bytes: Uint8Array) => openAudio(memorySource(bytes));
const codesOf = (clip: { info: { problems: { code: string }[] } }) => clip.info.problems.map(({ code }) => code);

/** Every seventh frame of FFmpeg's decoding, see makeCompressedFixtures.sh. */
function referenceOf(name: string): Int16Array {
  const bytes = readFileSync(join(fixtures, `${name}.pcm`));
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

/** Error against FFmpeg's decoding, in decibels below its energy. */
async function errorDecibels(name: string): Promise<number> {
  const clip = await open(bytesOf(name));
  const reference = referenceOf(name);
  const parts = await clip.readSamples(0, clip.info.frames);
  const { channels } = clip.info;
  let [difference, energy] = [0, 0];
  for (const [i, wanted] of reference.entries()) {
    const got = parts[i % channels]![7 * Math.floor(i / channels)]!;
    difference += (got - wanted / 32768) ** 2;
    energy += (wanted / 32768) ** 2;
  }
  return 10 * Math.log10(difference / energy);
}

describe('compressed recordings', () => {
  it.each([
    ['stereo.mp3', { container: 'mp3', encoding: 'mp3', sampleRateHz: 44_100, channels: 2, frames: 39_690 }],
    ['plain.mp3', { container: 'mp3', encoding: 'mp3', sampleRateHz: 16_000, channels: 1, frames: 12_672 }],
    ['mono.ogg', { container: 'ogg', encoding: 'vorbis', sampleRateHz: 16_000, channels: 1, frames: 19_200 }],
    ['mono.opus', { container: 'ogg', encoding: 'opus', sampleRateHz: 48_000, channels: 1, frames: 52_800 }],
  ])('%s: as long and as loud as FFmpeg decodes it', async (name, facts) => {
    const { info } = await open(bytesOf(name));
    expect(info).toMatchObject({ ...facts, problems: [] });
    expect(await errorDecibels(name)).toBeLessThan(-60);
  });

  it('gives ranges, and the same samples bit for bit', async () => {
    const clip = await open(bytesOf('stereo.mp3'));
    const whole = await clip.readSamples(0, clip.info.frames);
    const [left, right] = await clip.readSamples(1234, 777);
    expect(left).toEqual(whole[0]!.slice(1234, 2011));
    expect(right).toEqual(whole[1]!.slice(1234, 2011));
    const exact = new Int16Array((await clip.exact!.read(1234, 777)).buffer);
    expect(exact[3]! / 32768).toBe(right![1]);
    expect(await clip.readSamples(clip.info.frames - 3, 10)).toMatchObject([{ length: 3 }, { length: 3 }]);
  });

  it('opens several at once', async () => {
    const names = ['mono.ogg', 'mono.opus', 'mono.ogg', 'mono.opus', 'plain.mp3'];
    const clips = await Promise.all(names.map((name) => open(bytesOf(name))));
    const [a, b, c, d] = await Promise.all(clips.map(async (clip) => (await clip.readSamples(0, 20_000))[0]!));
    expect(a).toEqual(c);
    expect(b).toEqual(d);
  });

  it('finds MP3 behind a tag', async () => {
    const tag = Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 0, ...new Uint8Array(128)]);
    const { info } = await open(Uint8Array.from([...tag, ...bytesOf('stereo.mp3')]));
    expect(info).toMatchObject({ frames: 39_690, problems: [] });
  });

  it('refuses what is too long to hold, with the way out', async () => {
    await expect(openMp3(memorySource(bytesOf('stereo.mp3')), 0, 9999)).rejects.toThrow('ffmpeg -i IN OUT.flac');
    await expect(openOgg(memorySource(bytesOf('mono.ogg')), 9999)).rejects.toThrow('longer than');
  });
});

describe('damaged compressed recordings', () => {
  it('cut short, they are read to their end', async () => {
    for (const name of ['stereo.mp3', 'mono.ogg', 'mono.opus']) {
      const bytes = bytesOf(name);
      const clip = await open(bytes.slice(0, Math.floor(bytes.length * 0.7)));
      expect([name, ...codesOf(clip)]).toContain('audio-truncated');
      expect(clip.info.frames).toBeLessThan((await open(bytes)).info.frames);
    }
  });

  it('a page that was changed is told of', async () => {
    const bytes = bytesOf('mono.ogg');
    bytes[bytes.length - 100]! ^= 255;
    expect(codesOf(await open(bytes))).toContain('audio-corrupt-frame');
  });

  it('MP3 goes on behind noise', async () => {
    const bytes = bytesOf('plain.mp3');
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 31) & 0x7f);
    const clip = await open(Uint8Array.from([...bytes.subarray(0, 3000), ...noise, ...bytes.subarray(3000)]));
    expect(clip.info.frames).toBeGreaterThan(10_000);
  });

  it('headers alone are refused', async () => {
    await expect(open(bytesOf('mono.ogg').slice(0, 60))).rejects.toMatchObject({ problem: { code: 'audio-header' } });
    await expect(open(bytesOf('mono.opus').slice(0, 50))).rejects.toMatchObject({ problem: { code: 'audio-header' } });
    await expect(open(Uint8Array.from([0xff, 0xfb, 0xf0, 0, 0]))).rejects.toMatchObject({
      problem: { code: 'audio-no-data' },
    });
  });

  it('another codec in Ogg is refused by its name', async () => {
    const bytes = bytesOf('mono.opus');
    bytes.set(
      [...'Speex   '].map((character) => character.charCodeAt(0)),
      28,
    );
    await expect(open(bytes)).rejects.toThrow('Ogg Speex is not read');
  });
});
