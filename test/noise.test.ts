import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadResampler } from '../src/dsp/resample.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { workerFile } from '../src/engine/workerFiles.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import type { Problem } from '../src/shared/problem.ts';
import { createRandom } from '../src/shared/random.ts';
import { augmentationOf } from '../src/training/data/augmentClip.ts';
import { loadBatches } from '../src/training/data/batchLoader.ts';
import { createFeaturePool, type FeaturePool } from '../src/training/data/featurePool.ts';
import { readNoise } from '../src/training/data/noiseClip.ts';
import { noiseChooser } from '../src/training/data/noiseSet.ts';
import { createLoader, loadTrainingData } from '../src/training/trainingData.ts';
import { writeToneCorpus } from './faults/toneCorpus.ts';

let directory: string;
let configFile: string;
const pools: FeaturePool[] = [];
const random = createRandom('hiss');
const hiss = (samples: number) => Float32Array.from({ length: samples }, () => 0.1 * random.normal());

const experimentWith = (augment: object) =>
  experimentSchema.parse({
    data: { train: ['train.jsonl'] },
    text: { case: 'lower', keep: 'abcd' },
    features: { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24, normalization: 'none' },
    augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 }, ...augment },
  });
type Experiment = ReturnType<typeof experimentWith>;

const poolFor = (experiment: Experiment, size = 1) => {
  const pool = createFeaturePool(workerFile('feature'), size, { ...experiment, spec: experiment.features });
  pools.push(pool);
  return pool;
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'noise-'));
  configFile = join(directory, 'x.asr.yaml');
  writeToneCorpus(directory, 'train', 20);
  mkdirSync(join(directory, 'noises'));
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(directory, name), content);
  write('noises/long.wav', writeWav([hiss(40_000)], 8000));
  write('noises/short.wav', writeWav([hiss(1000)], 16_000));
  write('noises/broken.wav', 'RIFF of nothing');
  write('noises/empty.wav', writeWav([new Float32Array(0)], 8000));
  const lines = ['{"audio_filepath": "noises/long.wav", "offset": 1, "duration": 2}', '{"audio_filepath": "gone.wav"}'];
  write('noises.jsonl', `${lines.join('\n')}\n`);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.dispose()));
  rmSync(directory, { recursive: true, force: true });
});

/** Features of all utterances in an epoch, by key. */
async function featuresIn(experiment: Experiment, epoch: number | null, size = 1) {
  const pool = poolFor(experiment, size);
  const data = await loadTrainingData(experiment, configFile, pool);
  const reported: Problem[] = [];
  const loader = {
    ...createLoader(experiment, data.train.examples, pool, null, (problem) => reported.push(problem)),
    noiseFor: noiseChooser(experiment, data.noise.clips),
  };
  const byKey = new Map<string, Float32Array>();
  const plan = data.planner.planEpoch(epoch ?? 0);
  for await (const { batch, examples } of loadBatches(loader, plan, plan.keys(), epoch))
    examples.forEach(({ key }, row) => {
      const size = batch!.frames * batch!.bins;
      const frames = batch!.frameCounts[row]!;
      byKey.set(key, batch!.features.slice(row * size, row * size + frames * batch!.bins));
    });
  return { byKey, reported, noise: data.noise };
}

describe('noise in training', () => {
  const files = ['noises/long.wav', 'noises.jsonl', 'noises/broken.wav', 'noises/nowhere.wav', 'noises/empty.wav'];

  it('is found in files and manifests; each recording that cannot be read is named and left out', async () => {
    const { noise, byKey } = await featuresIn(experimentWith({ noise: { probability: 1, files } }), 0);
    expect(noise.clips).toEqual([
      { range: { file: join(directory, 'noises/long.wav') }, samples: 40_000 },
      { range: { file: join(directory, 'noises/long.wav'), offsetSec: 1, durationSec: 2 }, samples: 16_000 },
    ]);
    expect(noise.problems.map(({ code, severity, file, line }) => [code, severity, file, line])).toEqual([
      ['audio-missing', 'warning', join(directory, 'noises.jsonl'), 2],
      [expect.stringMatching(/^audio-/), 'warning', configFile, undefined],
      ['audio-missing', 'warning', configFile, undefined],
      ['audio-no-data', 'warning', configFile, undefined],
    ]);
    expect(noise.problems.map(({ message }) => message).join()).toMatch(/gone.*broken.*nowhere.*empty/);
    expect(byKey.size).toBe(20);
  });

  it('reaches the utterances that drew it and no others, the same for every number of workers', async () => {
    const plain = await featuresIn(experimentWith({}), 1);
    for (const noise of [{ files: files.slice(0, 2) }, { files: [] }]) {
      const experiment = experimentWith({ noise: { probability: 0.4, ...noise } });
      const noisy = await featuresIn(experiment, 1);
      expect((await featuresIn(experiment, 1, 3)).byKey).toEqual(noisy.byKey);
      let changed = 0;
      for (const [key, features] of plain.byKey) {
        const drew = augmentationOf(experiment, 1, key).noise !== undefined;
        changed += drew ? 1 : 0;
        if (drew) expect(noisy.byKey.get(key)).not.toEqual(features);
        else expect(noisy.byKey.get(key)).toEqual(features);
      }
      expect(changed).toBeGreaterThan(2);
      expect(changed).toBeLessThan(18);
      expect((await featuresIn(experiment, null)).byKey).toEqual((await featuresIn(experimentWith({}), null)).byKey);
    }
  });

  it('of no readable recording is said and left out', async () => {
    const none = await featuresIn(experimentWith({ noise: { probability: 1, files: files.slice(2) } }), 0);
    expect(none.noise.clips).toEqual([]);
    expect(none.noise.problems.at(-1)!.code).toBe('no-noise');
    expect(none.byKey).toEqual((await featuresIn(experimentWith({}), 0)).byKey);
  });

  it('that vanishes during training is named once, and its utterances come without it', async () => {
    const experiment = experimentWith({ noise: { probability: 1, files: ['noises/long.wav'] } });
    const pool = poolFor(experiment);
    const data = await loadTrainingData(experiment, configFile, pool);
    const reported: Problem[] = [];
    const gone = { range: { file: join(directory, 'noises/vanished.wav') }, samples: 9000 };
    const loader = {
      ...createLoader(experiment, data.train.examples, pool, null, (problem) => reported.push(problem)),
      noiseFor: () => gone,
    };
    const plain = await featuresIn(experimentWith({}), 0);
    let utterances = 0;
    const plan = data.planner.planEpoch(0);
    for await (const { batch, examples } of loadBatches(loader, plan, plan.keys(), 0))
      examples.forEach(({ key }, row) => {
        const expected = plain.byKey.get(key)!;
        const start = row * batch!.frames * batch!.bins;
        expect(batch!.features.slice(start, start + expected.length)).toEqual(expected);
        utterances++;
      });
    expect(utterances).toBe(20);
    expect(reported.map(({ code, file }) => [code, file])).toEqual([['audio-missing', gone.range.file]]);
  });

  it('gain shifts all decibels alike', async () => {
    const plain = await featuresIn(experimentWith({}), 0);
    const louder = await featuresIn(experimentWith({ gainDb: [6, 6] }), 0);
    // The floor of −100 dB moves with nothing, and float32 samples are rounded anew.
    for (const [key, features] of plain.byKey)
      for (const [i, value] of features.entries())
        if (value > -90) expect(louder.byKey.get(key)![i]).toBeCloseTo(value + 6, 2);
  });
});

it('a section of a recording is as long as the clip, of the recording’s own rate, wherever it is drawn', async () => {
  const resampler = await loadResampler();
  const file = join(directory, 'noises/long.wav');
  const whole = { range: { file }, samples: 40_000 };
  const all = await readNoise(whole, 0, 50_000, 8000, resampler);
  expect([all.samples.length, all.start]).toEqual([40_000, 0]);
  for (const section of [0, 0.37, 0.999999]) {
    const part = await readNoise(whole, section, 7000, 8000, resampler);
    const first = Math.floor(section * 33_001);
    expect([part.start, part.samples]).toEqual([0, all.samples.slice(first, first + 7000)]);
    const cut = { range: { file, offsetSec: 1, durationSec: 2 }, samples: 16_000 };
    const inside = await readNoise(cut, section, 500, 8000, resampler);
    const from = 8000 + Math.floor(section * 15_501);
    expect(inside.samples).toEqual(all.samples.slice(from, from + 500));
  }
  const short = await readNoise(
    { range: { file: join(directory, 'noises/short.wav') }, samples: 500 },
    0.5,
    7000,
    8000,
    resampler,
  );
  expect([short.samples.length, short.start]).toEqual([500, 250]);
});
