import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { openAudio, readMono } from '../audioFile.ts';
import { memorySource } from '../byteSource.ts';
import { loadResampler } from '../resample.ts';
import { fvadWasm } from './fvad.generated.ts';
import { defaultSegmentRules, findSpeechSegments } from './speechSegments.ts';
import { createVoiceDetector, fvadExports, voiceFramesMs, voiceRatesHz } from './voiceDetector.ts';

const root = join(import.meta.dirname, '../../..');
const packageFolder = join(root, 'node_modules/@echogarden/fvad-wasm');
const digits = join(root, '../shared/data/digits/original-8k');
const digitsMissing = !existsSync(digits);
if (digitsMissing && process.env.CI !== 'true') console.log(`skipped: ${digits} is absent, so no speech was detected`);

async function decisions(samples: Float32Array, sampleRateHz: number, frameMs: number, mode: number) {
  const detector = await createVoiceDetector({ sampleRateHz, frameMs, mode });
  const found: boolean[] = [];
  for (let i = 0; i + detector.frameSamples <= samples.length; i += detector.frameSamples)
    found.push(detector.isSpeech(samples.subarray(i, i + detector.frameSamples)));
  detector.dispose();
  return found;
}

const share = (flags: readonly boolean[]) => flags.filter((flag) => flag).length / flags.length;

describe('the embedded WASM', () => {
  it('is the package’s', async () => {
    const wasm = readFileSync(join(packageFolder, 'fvad.wasm')).toString('base64');
    await expect(
      `// Generated from @echogarden/fvad-wasm (BSD-3-Clause, the WebRTC project authors) by voiceDetector.test.ts; update with \`vitest -u\`.\nexport const fvadWasm =\n  '${wasm}';\n`,
    ).toMatchFileSnapshot('fvad.generated.ts');
    expect(fvadWasm).toBe(wasm);
  });

  it('has its functions under the names that the package’s JavaScript knows', () => {
    const script = readFileSync(join(packageFolder, 'fvad.js'), 'utf8');
    const minified = (name: string) => new RegExp(`Module\\["${name}"\\]=wasmExports\\["(\\w+)"\\]`).exec(script)?.[1];
    expect({
      create: minified('_fvad_new'),
      allocate: minified('_malloc'),
      reset: minified('_fvad_reset'),
      destroy: minified('_fvad_free'),
      setMode: minified('_fvad_set_mode'),
      setRate: minified('_fvad_set_sample_rate'),
      process: minified('_fvad_process'),
    }).toEqual({
      create: fvadExports.create,
      allocate: fvadExports.allocate,
      reset: fvadExports.reset,
      destroy: fvadExports.destroy,
      setMode: fvadExports.setMode,
      setRate: fvadExports.setRate,
      process: fvadExports.process,
    });
    expect(script).toContain(`wasmMemory=wasmExports["${fvadExports.memory}"]`);
    expect(script).toContain(`addOnInit(wasmExports["${fvadExports.initialize}"])`);
    expect(script).toContain('wasmImports={a:___assert_fail,b:_emscripten_resize_heap}');
  });
});

describe('the detector', () => {
  it('hears nothing in silence and in the hiss of a quiet room, at every rate, frame and mode', async () => {
    const random = createRandom('hiss');
    const hiss = Float32Array.from({ length: 96_000 }, () => 0.002 * random.normal());
    for (const rate of voiceRatesHz)
      for (const frameMs of voiceFramesMs)
        for (const mode of [0, 3]) {
          expect([rate, frameMs, mode, share(await decisions(new Float32Array(rate), rate, frameMs, mode))]).toEqual([
            rate,
            frameMs,
            mode,
            0,
          ]);
          expect(share(await decisions(hiss, rate, frameMs, mode))).toBeLessThan(0.1);
        }
  });

  it('refuses what WebRTC does not have, and frames of another length', async () => {
    for (const wrong of [{ sampleRateHz: 44_100 }, { frameMs: 25 }, { mode: 4 }])
      await expect(createVoiceDetector({ sampleRateHz: 16_000, frameMs: 30, mode: 2, ...wrong })).rejects.toThrow(
        'no voice detector',
      );
    const detector = await createVoiceDetector({ sampleRateHz: 16_000, frameMs: 30, mode: 2 });
    expect(() => detector.isSpeech(new Float32Array(160))).toThrow('480 samples, not 160');
    expect(detector.isSpeech(new Float32Array(480).fill(Number.NaN))).toBe(false);
    detector.dispose();
  });
});

describe.skipIf(digitsMissing && process.env.CI !== 'true')('digits between known silences', async () => {
  const rate = 8000;
  const pauseSec = 0.8;
  const files = digitsMissing ? [] : readdirSync(digits).filter((name) => name.endsWith('.wav'));
  const parts: Float32Array[] = [];
  const truth: { startSec: number; endSec: number }[] = [];
  let length = 0;
  for (const file of files.slice(0, 20)) {
    const clip = await openAudio(memorySource(new Uint8Array(readFileSync(join(digits, file)))));
    const samples = await readMono(clip, 0, clip.info.frames);
    const start = length + pauseSec * rate;
    truth.push({ startSec: start / rate, endSec: (start + samples.length) / rate });
    parts.push(new Float32Array(pauseSec * rate), samples);
    length = start + samples.length;
  }
  parts.push(new Float32Array(rate));
  const joined = new Float32Array(length + rate);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }

  it('are found one by one, within a quarter of a second', async () => {
    const resampler = await loadResampler();
    for (const [rateHz, frameMs, mode] of [
      [8000, 30, 2],
      [16_000, 10, 1],
      [48_000, 20, 1],
    ] as const) {
      const flags = await decisions(resampler.resample(joined, rate, rateHz), rateHz, frameMs, mode);
      const rules = { ...defaultSegmentRules, frameSec: frameMs / 1000, paddingSec: 0 };
      const found = findSpeechSegments(flags, rules);
      expect([rateHz, found.length]).toEqual([rateHz, truth.length]);
      for (const [i, { startSec, endSec }] of found.entries()) {
        expect(Math.abs(startSec - truth[i]!.startSec)).toBeLessThan(0.15);
        // The detector holds on for a while after speech.
        expect(Math.abs(endSec - truth[i]!.endSec)).toBeLessThan(0.3);
      }
    }
  });

  it('are the same after a reset', async () => {
    const detector = await createVoiceDetector({ sampleRateHz: rate, frameMs: 30, mode: 2 });
    const pass = () => {
      const found: boolean[] = [];
      for (let i = 0; i + 240 <= joined.length; i += 240) found.push(detector.isSpeech(joined.subarray(i, i + 240)));
      return found;
    };
    const first = pass();
    detector.reset();
    expect(pass()).toEqual(first);
    detector.dispose();
  });
});
