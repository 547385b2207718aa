import { expect, test } from 'vitest';
import { openAudio } from '../../dsp/audioFile.ts';
import { memorySource } from '../../dsp/byteSource.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { writeWav } from '../../dsp/writeWav.ts';
import { createRandom } from '../../shared/random.ts';
import { openMono } from './monoSource.ts';
import { createStreamInput } from './streamInput.ts';

function noise(samples: number): Float32Array {
  const random = createRandom('noise', samples);
  return Float32Array.from({ length: samples }, () => Math.fround(0.2 * random.normal()));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => Buffer.from(buffer, byteOffset, byteLength);

const rates = [
  [44_100, 16_000],
  [8000, 16_000],
  [48_000, 8000],
  [22_050, 16_000],
  [16_000, 16_000],
  [11_025, 8000],
] as const;

test.each(rates)(
  'a stream at %i Hz becomes, piece by piece, what resampling all of it to %i Hz gives',
  async (fromHz, toHz) => {
    const resampler = await loadResampler();
    const samples = noise(fromHz + 77);
    const expected = resampler.resample(samples, fromHz, toHz);
    const input = createStreamInput('float32', fromHz, toHz, resampler);
    const bytes = new Uint8Array(samples.buffer);
    const random = createRandom('cuts');
    const pieces: Float32Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      // Lengths that end in the midst of a sample.
      const length = 1 + random.below(9001);
      pieces.push(input.push(bytes.subarray(at, at + length)));
      at += length;
    }
    expect(pieces.filter(({ length }) => length > 0).length).toBeGreaterThan(5);
    pieces.push(input.finish());
    expect(Buffer.concat(pieces.map(bytesOf)).equals(bytesOf(expected))).toBe(true);
  },
);

test.each(rates)('ranges of a file at %i Hz are, at %i Hz, those of the whole', async (fromHz, toHz) => {
  const resampler = await loadResampler();
  const samples = noise(2 * fromHz + 13);
  const clip = await openAudio(memorySource(writeWav([samples], fromHz)));
  const native = (await clip.readSamples(0, samples.length))[0]!;
  const expected = resampler.resample(native, fromHz, toHz);
  const source = openMono(clip, toHz, resampler);
  expect(source.length).toBe(expected.length);
  const random = createRandom('ranges', fromHz);
  for (let n = 0; n < 12; n++) {
    const start = random.below(expected.length);
    const count = 1 + random.below(toHz);
    const range = await source.read(start, count);
    expect(bytesOf(range).equals(bytesOf(expected.slice(start, start + count)))).toBe(true);
  }
});

test('16-bit samples are little-endian fractions of 32768; a cut sample and NaN are refused', async () => {
  const resampler = await loadResampler();
  const pcm = createStreamInput('pcm16', 8000, 8000, resampler);
  expect([...pcm.push(Uint8Array.of(0x00, 0x40, 0x00, 0x80, 0xff))]).toEqual([0.5, -1]);
  expect(() => pcm.finish()).toThrow('within a sample');
  expect([...pcm.push(Uint8Array.of(0x7f))]).toEqual([32767 / 32768]);
  const float = createStreamInput('float32', 8000, 8000, resampler);
  expect(() => float.push(new Uint8Array(Float32Array.of(0, Number.NaN).buffer))).toThrow('not a finite number');
});
