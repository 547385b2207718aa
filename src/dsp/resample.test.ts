import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAudio, readMono } from './audioFile.ts';
import { memorySource } from './byteSource.ts';
import { loadResampler, type Resampler, resampledLength, speexExports } from './resample.ts';
import { speexResamplerWasm } from './speexResampler.generated.ts';

const root = join(import.meta.dirname, '../..');
const packageFolder = join(root, 'node_modules/@echogarden/speex-resampler-wasm/wasm');
const digits = join(root, '../shared/data/digits');
const digitsMissing = !existsSync(digits);
if (digitsMissing && process.env.CI !== 'true') console.log(`skipped: ${digits} is absent, so no speech was resampled`);

const tone = (hertz: number, rate: number, seconds = 0.5) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

const decibels = (ratio: number) => 20 * Math.log10(ratio);

/** Amplitude and delay (in samples) of the tone in the middle of the signal, by projection on sine and cosine. */
function measureTone(samples: Float32Array, hertz: number, rate: number): { amplitude: number; delay: number } {
  const skip = Math.floor(samples.length / 5);
  let sine = 0;
  let cosine = 0;
  let weights = 0;
  for (let i = skip; i < samples.length - skip; i++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - skip)) / (samples.length - 2 * skip));
    sine += weight * samples[i]! * Math.sin((2 * Math.PI * hertz * i) / rate);
    cosine += weight * samples[i]! * Math.cos((2 * Math.PI * hertz * i) / rate);
    weights += weight / 2;
  }
  return {
    amplitude: Math.hypot(sine, cosine) / weights,
    delay: (-Math.atan2(cosine, sine) * rate) / (2 * Math.PI * hertz),
  };
}

const peakOf = (samples: Float32Array) => samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
const middleOf = (samples: Float32Array) => samples.subarray(samples.length / 5, (samples.length * 4) / 5);

/** Energy of the difference against that of the signal. */
function errorDecibels(actual: Float32Array, expected: Float32Array, margin = 0): number {
  let difference = 0;
  let energy = 0;
  for (let i = margin; i < expected.length - margin; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    energy += expected[i]! ** 2;
  }
  return 10 * Math.log10(difference / energy);
}

const ratios: [number, number][] = [
  [8000, 16000],
  [11025, 16000],
  [16000, 8000],
  [22050, 16000],
  [44100, 16000],
  [48000, 16000],
  [96000, 16000],
  [14400, 16000],
  [17600, 16000],
  [16000, 22050],
];

describe('the embedded WASM', () => {
  it('is the package’s', async () => {
    const wasm = readFileSync(join(packageFolder, 'speex-resampler-simd.wasm')).toString('base64');
    await expect(
      `// Generated from @echogarden/speex-resampler-wasm (BSD-3-Clause, Xiph.org Foundation) by resample.test.ts; update with \`vitest -u\`.\nexport const speexResamplerWasm =\n  '${wasm}';\n`,
    ).toMatchFileSnapshot('speexResampler.generated.ts');
    expect(speexResamplerWasm).toBe(wasm);
  });

  it('has its functions under the names that the package’s JavaScript knows', () => {
    const script = readFileSync(join(packageFolder, 'speex-resampler-simd.js'), 'utf8');
    const minified = (name: string) => new RegExp(`Module\\["${name}"\\]=wasmExports\\["(\\w+)"\\]`).exec(script)?.[1];
    expect({
      initFraction: minified('_speex_resampler_init_frac'),
      destroy: minified('_speex_resampler_destroy'),
      processFloat: minified('_speex_resampler_process_float'),
      skipZeros: minified('_speex_resampler_skip_zeros'),
      resetMemory: minified('_speex_resampler_reset_mem'),
      allocate: minified('_malloc'),
    }).toEqual({
      initFraction: speexExports.initFraction,
      destroy: speexExports.destroy,
      processFloat: speexExports.processFloat,
      skipZeros: speexExports.skipZeros,
      resetMemory: speexExports.resetMemory,
      allocate: speexExports.allocate,
    });
    expect(script).toContain(`wasmMemory=wasmExports["${speexExports.memory}"]`);
    expect(script).toContain('wasmImports={b:__emscripten_memcpy_js,a:_emscripten_resize_heap}');
  });
});

describe('resampling', async () => {
  const resampler: Resampler = await loadResampler();

  it('gives round(n · to / from) samples', () => {
    for (const [from, to] of ratios)
      for (const n of [0, 1, 2, 159, 16_385, 40_001]) {
        const expected = Math.round((n * to) / from);
        expect([from, to, n, resampler.resample(new Float32Array(n), from, to).length]).toEqual([
          from,
          to,
          n,
          expected,
        ]);
        expect(resampledLength(n, from, to)).toBe(expected);
      }
  });

  it('passes the band unchanged and without delay', () => {
    for (const [from, to] of ratios)
      for (let share = 0.02; share < 0.921; share += 0.06) {
        const hertz = (share * Math.min(from, to)) / 2;
        const { amplitude, delay } = measureTone(resampler.resample(tone(hertz, from), from, to), hertz, to);
        // The worst are 0.00021 dB and 0.000013 samples, about what single precision and this measure leave.
        expect(Math.abs(decibels(amplitude))).toBeLessThan(0.001);
        expect(Math.abs(delay)).toBeLessThan(0.0001);
      }
  });

  it('leaves no alias of what the new rate cannot hold', () => {
    for (const [from, to] of ratios.filter(([a, b]) => a > b))
      for (const share of [1.08, 1.3, 1.7]) {
        const hertz = (share * to) / 2;
        if (hertz > 0.49 * from) continue;
        const rest = peakOf(middleOf(resampler.resample(tone(hertz, from), from, to)));
        expect([from, to, hertz, decibels(rest) < -102]).toEqual([from, to, hertz, true]);
      }
  });

  it('leaves no image when the rate goes up', () => {
    const up = middleOf(resampler.resample(tone(1000, 8000), 8000, 16000));
    const image = measureTone(up, 7000, 16000).amplitude;
    expect(decibels(image)).toBeLessThan(-95);
  });

  it('agrees with torchaudio on band-limited noise', () => {
    interface Case {
      fromHz: number;
      toHz: number;
      input: string;
      output: string;
    }
    const floats = (base64: string) => new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
    const cases = JSON.parse(readFileSync(join(root, 'test/fixtures/audio/resample.json'), 'utf8')) as Case[];
    expect(cases.length).toBe(7);
    for (const { fromHz, toHz, input, output } of cases) {
      const expected = floats(output);
      const actual = resampler.resample(floats(input), fromHz, toHz);
      // torchaudio rounds the length up. Measured: −113 to −110 dB.
      expect(Math.abs(actual.length - expected.length)).toBeLessThanOrEqual(1);
      const error = errorDecibels(actual.subarray(0, expected.length), expected.subarray(0, actual.length));
      expect([fromHz, toHz, error < -105]).toEqual([fromHz, toHz, true]);
    }
  });

  it('is the same every time, whatever was resampled before', () => {
    const signal = Float32Array.from({ length: 30_011 }, (_, i) => Math.sin(i * i * 1e-5));
    const first = resampler.resample(signal, 16000, 14400);
    for (let rate = 8000; rate < 8040; rate++) resampler.resample(signal.subarray(0, 500), rate, 16000);
    expect(resampler.resample(signal, 16000, 14400)).toEqual(first);
    resampler.resample(tone(3000, 16000), 16000, 14400);
    expect(resampler.resample(signal, 16000, 14400)).toEqual(first);
  });

  it('takes rates that are not whole, for speed factors', () => {
    const faster = resampler.resample(tone(500, 16000), 16000 * 1.0375, 16000);
    expect(faster.length).toBe(Math.round(8000 / 1.0375));
    expect(measureTone(faster, 500 * 1.0375, 16000).amplitude).toBeCloseTo(1, 3);
  });

  it('copies when there is nothing to do', () => {
    const signal = tone(100, 8000);
    const copy = resampler.resample(signal, 8000, 8000);
    expect(copy).toEqual(signal);
    expect(copy).not.toBe(signal);
  });

  it('refuses rates that no recording has', () => {
    for (const [from, to] of [
      [1, 16000],
      [4294967295, 16000],
      [0, 16000],
      [Number.NaN, 16000],
    ] as const)
      expect(() => resampler.resample(new Float32Array(10), from, to)).toThrow('is the rate in the header right');
    expect(() => resampledLength(2 ** 30, 8000, 16000)).toThrow('too many');
  });
});

describe.skipIf(digitsMissing && process.env.CI !== 'true')('recorded speech, 8 kHz to 16 kHz', async () => {
  const resampler = await loadResampler();
  const files = digitsMissing ? [] : readdirSync(join(digits, 'original-8k')).filter((name) => name.endsWith('.wav'));
  const read = async (path: string) => {
    const clip = await openAudio(memorySource(new Uint8Array(readFileSync(path))));
    return { samples: await readMono(clip, 0, clip.info.frames), rate: clip.info.sampleRateHz };
  };

  it('equals what SoX makes of it', async () => {
    expect(files.length).toBe(60);
    const errors: number[] = [];
    for (const file of files) {
      const original = await read(join(digits, 'original-8k', file));
      const sox = await read(join(digits, 'wav', file.split('_')[1]!, file));
      expect([original.rate, sox.rate]).toEqual([8000, 16000]);
      const ours = resampler.resample(original.samples, 8000, 16000);
      expect(ours.length).toBe(sox.samples.length);
      errors.push(errorDecibels(ours, sox.samples));
    }
    // What is left is SoX's rounding to 16 bits and its steeper band edge: −61 to −42 dB, quiet recordings worst.
    expect(Math.max(...errors)).toBeLessThan(-40);
    expect(errors.sort((a, b) => a - b)[30]).toBeLessThan(-52);
  });
});
