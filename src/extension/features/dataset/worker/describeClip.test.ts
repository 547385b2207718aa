import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { writeWav } from '../../../../dsp/writeWav.ts';
import { describeClip } from './describeClip.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-clip-card-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: Uint8Array | string) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
/** A sine in the second half. */
const beep = write(
  'beep.wav',
  writeWav(
    [
      Float32Array.from({ length: 32_000 }, (_, i) =>
        i < 16_000 ? 0 : 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 16_000),
      ),
    ],
    16_000,
  ),
);

/** Palette indices and palette of a PNG without filters. */
function readPng(bytes: ArrayBuffer) {
  const buffer = Buffer.from(bytes);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    chunks.set(buffer.toString('latin1', at + 4, at + 8), buffer.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const width = chunks.get('IHDR')!.readUInt32BE(0);
  const height = chunks.get('IHDR')!.readUInt32BE(4);
  const rows = inflateSync(chunks.get('IDAT')!);
  return { width, height, palette: chunks.get('PLTE')!, at: (x: number, y: number) => rows[y * (width + 1) + 1 + x]! };
}

test('a picture of the utterance: time to the right, low bands below', async () => {
  const card = await describeClip({ file: beep }, false);
  if (!card.readable) throw new Error(card.message);
  expect(card).toMatchObject({
    durationSec: 2,
    shownSec: 2,
    format: '16000 Hz, pcm-s16, 1 channel',
    clippedSamples: 0,
  });
  expect(card.peakDb).toBeCloseTo(-6.02, 1);
  const png = readPng(card.picture);
  expect([png.width, png.height]).toEqual([360, 80]);
  const column = (x: number) => Array.from({ length: png.height }, (_, y) => png.at(x, y));
  expect(Math.max(...column(60))).toBe(0);
  const loud = column(300);
  expect(Math.max(...loud)).toBe(255);
  // 1 kHz is in the lower half of a mel axis that ends at 8 kHz.
  expect(loud.indexOf(255)).toBeGreaterThan(png.height / 2);
  // Small enough for a hover, whose text is cut at 100,000 characters.
  expect(card.picture.byteLength).toBeLessThan(60_000);
});

test('dark where it is quiet on a dark page, light on a light one', async () => {
  for (const light of [false, true]) {
    const card = await describeClip({ file: beep }, light);
    if (!card.readable) throw new Error(card.message);
    const { palette } = readPng(card.picture);
    expect(palette[0]! > 200).toBe(light);
    expect(palette[255 * 3]! > 200).toBe(!light);
  }
});

test('noise still fits into a hover', async () => {
  let state = 1;
  const noise = Float32Array.from({ length: 64_000 }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
  const card = await describeClip({ file: write('noise.wav', writeWav([noise], 8000)) }, false);
  if (!card.readable) throw new Error(card.message);
  expect(card.picture.byteLength).toBeLessThan(60_000);
});

test('a part of a recording, and the beginning of a long one', async () => {
  const part = await describeClip({ file: beep, offsetSec: 1.5, durationSec: 0.25 }, false);
  expect(part).toMatchObject({ readable: true, durationSec: 0.25 });
  const long = write('long.wav', writeWav([new Float32Array(8000 * 40)], 8000));
  expect(await describeClip({ file: long }, false)).toMatchObject({ durationSec: 40, shownSec: 30, rmsDb: -120 });
});

test.each([
  ['a missing file', 'gone.wav', undefined, 'there is no such file'],
  ['no audio', 'text.wav', 'not audio at all', /./],
  ['no samples', 'empty.wav', writeWav([new Float32Array(0)], 8000), 'it holds no samples'],
])('%s is said in words', async (_, name, content, message) => {
  const file = content === undefined ? join(folder, name) : write(name, content);
  expect(await describeClip({ file }, false)).toEqual({ readable: false, message: expect.stringMatching(message) });
});

test('an utterance after the end of its recording is said in words', async () => {
  const card = await describeClip({ file: beep, offsetSec: 5 }, false);
  expect(card).toEqual({ readable: false, message: 'the recording ends before the utterance begins' });
});
