import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { collectNotices } from '../scripts/writeNotices.ts';

const root = join(import.meta.dirname, '..');

/** What a bundle of this source would have to name. */
async function noticesOf(source: string) {
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  return collectNotices([metafile], root);
}

test('packages with bytes in a bundle are named with their licence and its text', async () => {
  const notices = await noticesOf("export { parseExperiment } from './src/shared/config/parseExperiment.ts';");
  expect(notices.map(({ name, license }) => `${name} ${license}`)).toEqual(['yaml ISC', 'zod MIT']);
  expect(notices[0]!.text).toContain('Copyright Eemeli Aro');
});

test('what is imported but left out of the bundle is not named', async () => {
  expect(await noticesOf("import { z } from 'zod'; export const unrelated = 1;")).toEqual([]);
});

test('a binary inside a generated source is named', async () => {
  const notices = await noticesOf("export { loadResampler } from './src/dsp/resample.ts';");
  expect(notices).toMatchObject([{ name: '@echogarden/speex-resampler-wasm', license: 'BSD-3-Clause' }]);
  expect(notices[0]!.text).toContain('Xiph.org Foundation');
  const detector = await noticesOf("export { createVoiceDetector } from './src/dsp/vad/voiceDetector.ts';");
  expect(detector).toMatchObject([{ name: '@echogarden/fvad-wasm', license: 'BSD-3-Clause' }]);
});

test('a package without a licence text has its holder named', async () => {
  const [notice] = await noticesOf("export { Tensor } from 'onnxruntime-common';");
  expect(notice).toMatchObject({ name: 'onnxruntime-common', license: 'MIT' });
  expect(notice!.text).toMatch(/^MIT License\n\nCopyright \(c\) Microsoft Corporation\n\nPermission is hereby granted/);
});

test('GPL cannot get into a bundle', async () => {
  expect(existsSync(join(root, 'node_modules/@echogarden/espeak-ng-emscripten'))).toBe(true);
  await expect(noticesOf("import espeak from '@echogarden/espeak-ng-emscripten'; espeak();")).rejects.toThrow(
    'not to be packed: @echogarden/espeak-ng-emscripten (GPL-3.0)',
  );
  const disguised = { 'src/voice.generated.ts': { bytesInOutput: 1 } };
  const output = { bytes: 1, inputs: disguised, imports: [], exports: [] };
  expect(() => collectNotices([{ inputs: {}, outputs: { 'x.js': output } }], root)).toThrow('whose binary it is');
});
