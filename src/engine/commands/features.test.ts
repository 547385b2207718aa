import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import { writeWav } from '../../dsp/writeWav.ts';
import { featuresSchema } from '../../shared/config/featuresSchema.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function call(...argv: string[]) {
  const { code, out, error } = await callEngine(...argv, '--json');
  return { code, error, result: JSON.parse(out) };
}
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const samples = Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(i / 9));
const wav = write('a.wav', writeWav([samples, samples], 8000));

test('features writes what the model would see, at the rate of the config', async () => {
  const config = write('c.asr.yaml', 'data: { train: [x] }\nfeatures: { sampleRateHz: 8000, mels: 40 }\n');
  const out = join(folder, 'f.npy');
  const { code, result } = await call('features', wav, '--config', config, '--out', out);
  expect([code, result.frames, result.mels, result.durationSec]).toEqual([0, 51, 40, 1]);
  const bytes = readFileSync(out);
  expect(bytes.subarray(1, 6).toString()).toBe('NUMPY');
  const start = 10 + bytes.readUInt16LE(8);
  const extractor = await createFeatureExtractor(featuresSchema.parse({ sampleRateHz: 8000, mels: 40 }));
  const expected = extractor.extract(samples.map((value) => Math.round(value * 32768) / 32768)).data;
  expect(bytes.length - start).toBe(4 * expected.length);
  expect(Array.from(expected, (_, i) => bytes.readFloatLE(start + 4 * i))).toEqual([...expected]);
});

test('features of every type', async () => {
  const out = join(folder, 'k.npy');
  for (const [keys, unit, bins] of [
    ['{ type: fbank, sampleRateHz: 8000, mels: 23 }', 'mels', 23],
    ['{ type: mfcc, sampleRateHz: 8000, mels: 23, cepstra: 12 }', 'cepstra', 12],
  ] as const) {
    const config = write('k.asr.yaml', `data: { train: [x] }\nfeatures: ${keys}\n`);
    const { code, result } = await call('features', wav, '--config', config, '--out', out);
    expect([code, result.frames, result[unit]]).toEqual([0, 51, bins]);
  }
});

test('features needs one source of settings, and a recording', async () => {
  const out = ['--out', join(folder, 'never.npy')];
  expect((await call('features', wav, ...out)).result.error.message).toContain('--config or --model');
  const config = write('bad.asr.yaml', 'data: 1');
  expect((await call('features', wav, '--config', config, ...out)).code).toBe(1);
  const fine = write('fine.asr.yaml', 'data: { train: [x] }');
  expect((await call('features', join(folder, 'gone.wav'), '--config', fine, ...out)).error).toContain('audio-missing');
});
