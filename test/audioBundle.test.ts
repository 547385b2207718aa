import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { openAudio, readMono } from '../src/dsp/audioFile.ts';
import { memorySource } from '../src/dsp/byteSource.ts';
import { loadResampler } from '../src/dsp/resample.ts';

const root = join(import.meta.dirname, '..');
const flac = new Uint8Array(readFileSync(join(root, 'test/fixtures/audio/s16-fixed.flac')));

/** Decodes FLAC, writes WAV, reads it back, resamples: every part of the audio code that could want a file. */
const entry = `
  import { openAudio, readMono } from './src/dsp/audioFile.ts';
  import { memorySource } from './src/dsp/byteSource.ts';
  import { inspectAudio } from './src/dsp/inspectAudio.ts';
  import { loadResampler } from './src/dsp/resample.ts';
  import { writeWav } from './src/dsp/writeWav.ts';
  globalThis.readAll = async (bytes) => {
    const flac = await openAudio(memorySource(bytes));
    const wav = writeWav([await readMono(flac, 0, 5000)], 16000);
    const report = await inspectAudio(memorySource(wav));
    const mono = await readMono(await openAudio(memorySource(wav)), 0, report.frames);
    return (await loadResampler()).resample(mono, 16000, 11025);
  };
`;

async function bundle(format: 'cjs' | 'iife' | 'esm', platform: 'node' | 'browser', tail = ''): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: entry + tail, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format,
    platform,
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]!.text;
}

async function expected(): Promise<Float32Array> {
  const clip = await openAudio(memorySource(flac));
  return (await loadResampler()).resample(await readMono(clip, 0, 5000), 16000, 11025);
}

describe('the audio code in a bundle', () => {
  it.each([
    ['cjs', 'node'],
    ['iife', 'browser'],
  ] as const)('runs without files, modules or process (%s, %s)', async (format, platform) => {
    // Nothing but the language, WebAssembly and atob: neither require nor process nor import.meta.
    const sandbox = createContext({
      WebAssembly: Reflect.get(globalThis, 'WebAssembly'),
      atob,
      module: { exports: {} },
      exports: {},
    });
    runInContext(await bundle(format, platform), sandbox);
    const readAll = runInContext('readAll', sandbox) as (bytes: Uint8Array) => Promise<Float32Array>;
    expect([...(await readAll(flac))]).toEqual([...(await expected())]);
  });

  it('runs in a worker thread', async () => {
    const tail = `
      import { parentPort } from 'node:worker_threads';
      parentPort.once('message', async (bytes) => parentPort.postMessage(await globalThis.readAll(bytes)));
    `;
    const source = Buffer.from(await bundle('esm', 'node', tail)).toString('base64');
    const worker = new Worker(new URL(`data:text/javascript;base64,${source}`));
    try {
      const answer = await new Promise<Float32Array>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
        worker.postMessage(flac);
      });
      expect(answer).toEqual(await expected());
    } finally {
      await worker.terminate();
    }
  });
});
