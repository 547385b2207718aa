import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../src/dsp/writeWav.ts';
import { workerFile } from '../src/engine/workerFiles.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';
import { createRandom } from '../src/shared/random.ts';
import { loadBatches } from '../src/training/data/batchLoader.ts';
import { createFeaturePool } from '../src/training/data/featurePool.ts';
import { noiseChooser } from '../src/training/data/noiseSet.ts';
import { measureStatistics } from '../src/training/data/statistics.ts';
import { describePreview } from '../src/training/preview/describePreview.ts';
import type { CreatePool } from '../src/training/preview/globalStatistics.ts';
import { createPreviewer } from '../src/training/preview/previewAugmentation.ts';
import { createLoader, loadTrainingData } from '../src/training/trainingData.ts';
import { writeToneCorpus } from './faults/toneCorpus.ts';

const features = 'sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24';
const config = (normalization: string, augment = '') => `data: { train: [more.jsonl, train.jsonl] }
text: { case: lower, keep: abcd }
features: { ${features}, normalization: ${normalization} }
seed: 7
augment: { ${augment || 'speed: [0.9, 1.1], timeWarpMs: 80, gainDb: [-6, 6], noise: { probability: 0.7, files: [noises/hiss.wav], snrDb: [5, 15] }'} }
`;

let directory: string;
let configFile: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'preview-'));
  configFile = join(directory, 'x.asr.yaml');
  writeToneCorpus(directory, 'train', 8);
  writeToneCorpus(directory, 'more', 4);
  mkdirSync(join(directory, 'noises'));
  const random = createRandom('hiss');
  const hiss = Float32Array.from({ length: 40_000 }, () => 0.1 * random.normal());
  writeFileSync(join(directory, 'noises/hiss.wav'), writeWav([hiss], 8000));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const createPool: CreatePool = (setup) => createFeaturePool(workerFile('feature'), 1, setup);

/** What the loader of a run gives in an epoch, from 0, by the recording. */
async function trainedOn(text: string, epoch: number | null) {
  const { experiment, problems } = parseExperiment(text, configFile);
  if (!experiment) throw new Error(JSON.stringify(problems));
  const { seed, augment, features: spec } = experiment;
  const pool = createFeaturePool(workerFile('feature'), 2, { spec, augment, seed });
  try {
    const data = await loadTrainingData(experiment, configFile, pool);
    const rules = { bins: spec.mels, sampleRateHz: spec.sampleRateHz, seed };
    const global = spec.normalization === 'global';
    const statistics = global ? await measureStatistics(data.train.examples, rules, pool) : null;
    const loader = {
      ...createLoader(experiment, data.train.examples, pool, statistics, () => {}),
      noiseFor: noiseChooser(experiment, data.noise.clips),
    };
    const byFile = new Map<string, Float32Array>();
    const plan = data.planner.planEpoch(epoch ?? 0);
    for await (const { batch, examples } of loadBatches(loader, plan, plan.keys(), epoch))
      examples.forEach(({ range }, row) => {
        const size = batch!.frames * batch!.bins;
        byFile.set(range.file, batch!.features.slice(row * size, row * size + batch!.frameCounts[row]! * batch!.bins));
      });
    return byFile;
  } finally {
    await pool.dispose();
  }
}

describe('augmentation preview', () => {
  const ask = (recording: string, epoch: number) => ({ recording, epoch, atSec: 0, startSec: 0, endSec: 1 });

  it.each(['global', 'utterance', 'none'])(
    'is bit for bit what training loads, with normalization %s',
    async (kind) => {
      const text = config(kind);
      const preview = createPreviewer(createPool);
      let differing = 0;
      for (const epoch of kind === 'global' ? [1, 3] : [1]) {
        const trained = await trainedOn(text, epoch - 1);
        const plain = await trainedOn(text, null);
        expect(trained.size).toBe(12);
        for (const [recording, values] of trained) {
          const clip = await preview({ ...ask(recording, epoch), experiments: [{ file: configFile, text }] }, () => {});
          expect(clip.augmented.features.data).toEqual(values);
          expect(clip.utterance).toMatchObject({ line: expect.any(Number) });
          expect(clip.notes).toEqual([]);
          if (epoch > 1) continue;
          // Without the speed of the epoch, batches are planned for other lengths: they cut and pad.
          const known = plain.get(recording)!;
          expect(clip.plain.features.data.slice(0, known.length)).toEqual(
            known.slice(0, clip.plain.features.data.length),
          );
          if (clip.augmented.features.data.length !== known.length) differing++;
        }
      }
      expect(differing).toBeGreaterThan(3);
    },
  );

  it('tells what was drawn in the order in which it is done', async () => {
    const text = config('none');
    const preview = createPreviewer(createPool);
    const [line] = readFileSync(join(directory, 'train.jsonl'), 'utf8').split('\n');
    const recording = join(directory, JSON.parse(line!).audio_filepath);
    const request = { ...ask(recording, 1), experiments: [{ file: configFile, text }] };
    const told = describePreview(await preview(request, () => {}), request, 3);
    expect(told).toMatchObject({ id: 3, epoch: 1, seed: 7, config: 'x.asr.yaml', idle: false, bins: 24 });
    const kinds = told.applied.map(({ kind }) => kind);
    const order = ['speed', 'noise', 'gain', 'warp', 'timeMask', 'bandMask'];
    expect(kinds).toEqual([...kinds].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(kinds).toContain('speed');
    expect(kinds).toContain('gain');
    for (const step of told.applied)
      if (step.kind === 'timeMask') expect(step.endSec).toBeLessThanOrEqual(told.endSec + 0.02);
    const again = describePreview(await preview(request, () => {}), request, 3);
    expect(again).toEqual(told);
    const other = { ...request, epoch: 2 };
    expect(describePreview(await preview(other, () => {}), other, 3).applied).not.toEqual(told.applied);
  });

  it('explains itself where training has nothing to say', async () => {
    const recording = join(directory, 'noises/hiss.wav');
    const preview = createPreviewer(createPool);
    const run = (text: string) =>
      preview({ ...ask(recording, 1), experiments: [{ file: configFile, text }] }, () => {});
    const clip = await run(config('none'));
    expect(clip.utterance).toBeUndefined();
    expect(clip.endSec).toBeCloseTo(1, 3);
    const still = 'speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 }';
    const request = ask(recording, 1);
    expect(describePreview(await run(config('none', still)), request, 1)).toMatchObject({ idle: true, applied: [] });
    await expect(run('features: { mels: many }')).rejects.toThrow(/x.asr.yaml has errors/);
    await expect(preview({ ...request, recording, experiments: [] }, () => {})).rejects.toThrow(/no experiment/);
    const lost = {
      ...request,
      recording: join(directory, 'gone.wav'),
      experiments: [{ file: configFile, text: config('none') }],
    };
    await expect(preview(lost, () => {})).rejects.toThrow(/there is no file/);
  });
});
