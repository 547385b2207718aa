import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerFile } from '../src/engine/workerFiles.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import { createFeaturePool, type FeaturePool } from '../src/training/data/featurePool.ts';
import { measureStatistics } from '../src/training/data/statistics.ts';
import { loadTrainingData } from '../src/training/trainingData.ts';
import { writeToneCorpus } from './faults/toneCorpus.ts';

const experiment = experimentSchema.parse({
  data: { train: ['train.jsonl'] },
  text: { case: 'lower', keep: 'abcd' },
  features: { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 },
});
let directory: string;
const pools: FeaturePool[] = [];
const poolOf = (size: number) => {
  const pool = createFeaturePool(workerFile('feature'), size, { ...experiment, spec: experiment.features });
  pools.push(pool);
  return pool;
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pool-'));
  writeToneCorpus(directory, 'train', 40);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.dispose()));
  rmSync(directory, { recursive: true, force: true });
});

describe('the feature pool', () => {
  it('gives the same features, masks, speeds and statistics whatever its size', async () => {
    const results = [];
    for (const size of [1, 3]) {
      const pool = poolOf(size);
      const data = await loadTrainingData(experiment, join(directory, 'x.asr.yaml'), pool);
      const { examples } = data.train;
      const options = { bins: 24, sampleRateHz: 8000, seed: 1 };
      const statistics = await measureStatistics(examples, options, pool);
      const clips = examples.slice(0, 20).map(({ range, key }) => ({ range, key }));
      const work = [0, 1, 0].map((epoch) => pool.run({ kind: 'batch', clips, frames: 80, epoch, statistics }));
      const batches = (await Promise.all(work)).map(({ durationMs: _, ...batch }) => batch);
      results.push({ statistics, batches });
    }
    expect(results[1]).toEqual(results[0]);
    const [first, second, again] = results[0]!.batches;
    expect(again).toEqual(first);
    expect(second!.features).not.toEqual(first!.features);
    expect(new Set(first!.frameCounts).size).toBeGreaterThan(5);
  });

  it('normalises the training set to mean 0 and deviation 1 per bin', async () => {
    const pool = poolOf(1);
    const { train } = await loadTrainingData(experiment, join(directory, 'x.asr.yaml'), pool);
    const statistics = await measureStatistics(train.examples, { bins: 24, sampleRateHz: 8000, seed: 1 }, pool);
    const clips = train.examples.map(({ range, key }) => ({ range, key }));
    const { features, frameCounts } = await pool.run({ kind: 'batch', clips, frames: 80, epoch: null, statistics });
    for (const bin of [0, 11, 23]) {
      const values = [...frameCounts].flatMap((frames, row) =>
        Array.from({ length: frames }, (_, frame) => features[(row * 80 + frame) * 24 + bin]!),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0, 4);
      expect(variance).toBeCloseTo(1, 3);
    }
  });

  it('rejects what is asked of a pool that is gone', async () => {
    const pool = poolOf(1);
    const pending = pool.run({ kind: 'probe', clips: [] });
    await pool.dispose();
    await expect(pending).rejects.toThrow('ended');
    await expect(pool.run({ kind: 'probe', clips: [] })).rejects.toThrow('disposed');
  });
});
