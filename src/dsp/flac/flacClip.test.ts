import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AudioError } from '../audioError.ts';
import { openAudio } from '../audioFile.ts';
import { type ByteSource, memorySource } from '../byteSource.ts';
import { crc8, crc16 } from './crc.ts';
import { decodeFrame } from './flacFrame.ts';
import { readFlacHeader } from './flacHeader.ts';
import { createFrameReader } from './frameReader.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/audio');
const names = readdirSync(fixtures).filter((name) => name.endsWith('.flac'));
const fixture = (name: string) => new Uint8Array(readFileSync(join(fixtures, `${name}.flac`)));
const shared = join(import.meta.dirname, '../../../../shared/data');
const sharedMissing = !existsSync(shared);
if (sharedMissing && process.env.CI !== 'true')
  console.log(`skipped: ${shared} is absent, so recorded FLAC was not read`);

/** The MD5 that FLAC keeps of its samples, from samples as decoded: exact or not at all. */
async function decodedMd5(source: ByteSource): Promise<{ md5: string; expected: string }> {
  const header = await readFlacHeader(source, 0);
  const reader = createFrameReader(source, header);
  const frames = await reader.findEnd();
  const bytes = Math.ceil(header.bitsPerSample / 8);
  const hash = createHash('md5');
  for (let at = 0; at < frames; ) {
    const frame = await reader.frameAt(at);
    const buffer = Buffer.alloc(frame.blockSize * header.channels * bytes);
    let offset = 0;
    for (let i = 0; i < frame.blockSize; i++)
      for (const samples of frame.samples) offset = buffer.writeIntLE(samples[i]!, offset, bytes);
    hash.update(buffer);
    at += frame.blockSize;
  }
  return { md5: hash.digest('hex'), expected: header.md5 };
}

/** A fixed-block stream as a variable-block one: the same frames numbered by sample. */
async function withSampleNumbers(bytes: Uint8Array): Promise<Uint8Array> {
  const info = await readFlacHeader(memorySource(bytes), 0);
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes);
  const out = [...bytes.subarray(0, info.framesOffset)];
  for (let at = info.framesOffset; at < bytes.length; ) {
    const frame = decodeFrame(padded, at, bytes.length, info);
    const oldNumberBytes = bytes[at + 4]! < 0x80 ? 1 : Math.clz32(~(bytes[at + 4]! << 24));
    const number = codedNumber(frame.firstSample);
    const header = [0xff, bytes[at + 1]! | 1, bytes[at + 2]!, bytes[at + 3]!, ...number];
    const blockCode = bytes[at + 2]! >> 4;
    const rateCode = bytes[at + 2]! & 15;
    const extraBytes = (blockCode === 6 ? 1 : blockCode === 7 ? 2 : 0) + (rateCode === 12 ? 1 : rateCode > 12 ? 2 : 0);
    const afterNumber = at + 4 + oldNumberBytes;
    header.push(...bytes.subarray(afterNumber, afterNumber + extraBytes));
    header.push(crc8(Uint8Array.from(header), 0, header.length));
    const body = bytes.subarray(afterNumber + extraBytes + 1, at + frame.byteLength - 2);
    const whole = Uint8Array.from([...header, ...body]);
    const crc = crc16(whole, 0, whole.length);
    out.push(...whole, crc >> 8, crc & 255);
    at += frame.byteLength;
  }
  return Uint8Array.from(out);
}

function codedNumber(value: number): number[] {
  if (value < 0x80) return [value];
  const tail: number[] = [];
  let rest = value;
  let room = 6;
  while (rest >= 2 ** room) {
    tail.unshift(0x80 | (rest % 64));
    rest = Math.floor(rest / 64);
    room--;
  }
  return [((0xff00 >> (tail.length + 1)) & 0xff) | rest, ...tail];
}

describe('FLAC by the reference encoder', () => {
  it('has the fixtures', () => expect(names.length).toBe(14));

  it.each(names)('%s is decoded bit for bit', async (name) => {
    const { md5, expected } = await decodedMd5(memorySource(fixture(name.replace('.flac', ''))));
    expect(md5).toBe(expected);
  });

  it('numbered by samples is decoded and sought alike', async () => {
    const fixed = fixture('s16-mono');
    const variable = await withSampleNumbers(fixed);
    const { md5, expected } = await decodedMd5(memorySource(variable));
    expect(md5).toBe(expected);
    const [a] = await (await openAudio(memorySource(fixed))).readSamples(19_000, 900);
    const [b] = await (await openAudio(memorySource(variable))).readSamples(19_000, 900);
    expect(b).toEqual(a);
  });

  it('has the checksums of the specification', () => {
    const check = Uint8Array.from('123456789', (character) => character.charCodeAt(0));
    expect([crc8(check, 0, 9), crc16(check, 0, 9)]).toEqual([0xf4, 0xfee8]);
  });
});

describe.skipIf(sharedMissing && process.env.CI !== 'true')('recorded FLAC', () => {
  it('is decoded bit for bit, 164 files', async () => {
    const files = readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.flac'));
    expect(files.length).toBe(164);
    const wrong: string[] = [];
    for (const file of files) {
      const { md5, expected } = await decodedMd5(memorySource(new Uint8Array(readFileSync(join(shared, file)))));
      if (md5 !== expected) wrong.push(file);
    }
    expect(wrong).toEqual([]);
  });

  it('opens with its facts, and ranges read anywhere equal the whole', async () => {
    const bytes = new Uint8Array(readFileSync(join(shared, 'misc-speech/jfk.flac')));
    const clip = await openAudio(memorySource(bytes));
    expect(clip.info).toMatchObject({
      container: 'flac',
      encoding: 'flac-s24',
      sampleRateHz: 44100,
      channels: 2,
      frames: 485_100,
    });
    expect(clip.info.problems).toEqual([]);
    const whole = await clip.readSamples(0, clip.info.frames);
    let seed = 1;
    for (let i = 0; i < 40; i++) {
      seed = (seed * 48271) % 0x7fffffff;
      const start = seed % clip.info.frames;
      const part = await clip.readSamples(start, 1000);
      expect(part[1]).toEqual(whole[1]!.subarray(start, start + 1000));
    }
    const together = await Promise.all([400_000, 10, 200_000].map((start) => clip.readSamples(start, 5000)));
    expect(together[0]![0]).toEqual(whole[0]!.subarray(400_000, 405_000));
    expect(together[1]![0]).toEqual(whole[0]!.subarray(10, 5010));
  });

  it('reads little for a range, and each byte about once for all', async () => {
    const bytes = new Uint8Array(readFileSync(join(shared, 'misc-speech/jfk.flac')));
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      read: (offset, length) => {
        read += length;
        return memorySource(bytes).read(offset, length);
      },
    };
    const clip = await openAudio(source);
    expect(read).toBeLessThan(150_000);
    read = 0;
    await clip.readSamples(300_000, 100);
    expect(read).toBeLessThan(1_000_000);
    read = 0;
    for (let at = 0; at < clip.info.frames; at += 3000) await clip.readSamples(at, 3000);
    // Windows overlap by the frame that their end cuts.
    expect(read).toBeLessThan(1.5 * bytes.length);
  });
});

describe('damaged FLAC', () => {
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => 'read',
      (error: AudioError) => error.problem?.code ?? String(error),
    );

  it('that is cut is read to its last whole frame', async () => {
    const bytes = fixture('s16-mono');
    const whole = await (await openAudio(memorySource(bytes))).readSamples(0, 20_000);
    const clip = await openAudio(memorySource(bytes.subarray(0, 20_000)));
    expect(clip.info.problems.map((problem) => problem.code)).toEqual(['audio-truncated']);
    expect(clip.info.frames).toBeGreaterThan(12_000);
    expect(clip.info.frames % 576).toBe(0);
    const [samples] = await clip.readSamples(0, 20_000);
    expect(samples).toEqual(whole[0]!.subarray(0, clip.info.frames));
  });

  it('without a length in the header has the length of its frames', async () => {
    const bytes = fixture('s16-fixed');
    bytes.fill(0, 22, 26);
    bytes[21]! &= 0xf0;
    const clip = await openAudio(memorySource(bytes));
    expect([clip.info.frames, clip.info.problems.map((problem) => problem.code)]).toEqual([5000, ['audio-size']]);
  });

  it('between tags is found and ends where it ends', async () => {
    const bytes = fixture('s16-fixed');
    const tagged = Uint8Array.from([...'ID3\x04\0\0\0\0\0\x05tag..'].map((c) => c.charCodeAt(0)));
    const clip = await openAudio(memorySource(Uint8Array.from([...tagged, ...bytes, ...new Uint8Array(128)])));
    expect([clip.info.frames, clip.info.problems]).toEqual([5000, []]);
  });

  it('is reported at the frame that is damaged, not before', async () => {
    const bytes = fixture('s16-mono');
    bytes[15_000]! ^= 1;
    const clip = await openAudio(memorySource(bytes));
    expect(clip.info.problems).toEqual([]);
    expect(await failure(clip.readSamples(0, 5000))).toBe('read');
    expect(await failure(clip.readSamples(0, 20_000))).toBe('audio-corrupt');
    expect(await failure(clip.readSamples(19_000, 1000))).toBe('read');
  });

  it('is refused when its header makes no sense', async () => {
    const edited = (edit: (bytes: Uint8Array) => void) => {
      const bytes = fixture('s16-fixed');
      edit(bytes);
      return failure(openAudio(memorySource(bytes)));
    };
    expect(await edited((bytes) => bytes.fill(0, 18, 21))).toBe('audio-header');
    expect(await edited((bytes) => bytes.fill(0, 8, 12))).toBe('audio-header');
    expect(await edited((bytes) => (bytes[4] = 0x81))).toBe('audio-header');
    expect(await failure(openAudio(memorySource(fixture('s16-fixed').subarray(0, 30))))).toBe('audio-header');
    const metadataOnly = await openAudio(memorySource(fixture('s16-fixed').subarray(0, 90)));
    expect(metadataOnly.info.frames).toBe(0);
  });
});
