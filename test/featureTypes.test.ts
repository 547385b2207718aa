import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runEngine } from './faults/engineProcess.ts';
import { writeToneConfig } from './faults/toneCorpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'features-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function call<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runEngine(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

it('a model learns from cepstra, and its exported file recognises with them', async () => {
  const features = { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 };
  const config = writeToneConfig(directory, 28, {
    features: { ...features, type: 'mfcc', cepstra: 12, normalization: 'utterance' },
    augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 }, timeWarpMs: 20 },
  });
  const [run, model] = [join(directory, 'run'), join(directory, 'm.onnx')];
  expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
  expect(await runEngine('export', run, '--out', model)).toMatchObject({ code: 0 });
  const dev = join(directory, 'dev.jsonl');
  type Scores = { cer: number; utterances: { audioFilepath: string; hypothesis: string }[] };
  const scores = await call<Scores>('evaluate', model, '--manifest', dev);
  expect(scores.cer).toBeLessThan(0.15);
  const [first] = await call<{ text: string }[]>('transcribe', model, join(directory, 'dev/0.wav'));
  expect(first!.text).toBe(scores.utterances.find(({ audioFilepath }) => audioFilepath === 'dev/0.wav')!.hypothesis);
  const out = join(directory, 'f.npy');
  const matrix = await call('features', join(directory, 'dev/0.wav'), '--model', model, '--out', out);
  expect(matrix).toMatchObject({ cepstra: 12 });
}, 240_000);
