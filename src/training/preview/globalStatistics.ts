import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FeatureStatistics } from '../../dsp/normalization.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { FeatureSetup } from '../data/augmentClip.ts';
import type { FeaturePool } from '../data/featurePool.ts';
import { measureStatistics } from '../data/statistics.ts';
import { loadTrainingData } from '../trainingData.ts';

export type CreatePool = (setup: FeatureSetup) => FeaturePool;

/** Measures the training set as a run does before its first step, once for each set and features. */
export interface GlobalStatistics {
  /** Null where the experiment normalises otherwise. Throws a UserError where there is nothing to measure. */
  of(experiment: Experiment, configFile: string, told: (share: number) => void): Promise<FeatureStatistics | null>;
}

/** `createPool` starts the threads that measure; they end with it. */
export function createGlobalStatistics(createPool: CreatePool): GlobalStatistics {
  const known = new Map<string, { work: Promise<FeatureStatistics>; told: (share: number) => void }>();
  return {
    async of(experiment, configFile, told) {
      if (experiment.features.normalization !== 'global') return null;
      const key = await keyOf(experiment, configFile);
      const before = known.get(key);
      if (before) {
        // Who asks again while it is measured is told instead.
        before.told = told;
        return before.work;
      }
      const entry = { work: measure(createPool, experiment, configFile, (share) => entry.told(share)), told };
      known.set(key, entry);
      // A set that could not be measured may be mended.
      entry.work.catch(() => known.delete(key));
      return entry.work;
    },
  };
}

async function measure(
  createPool: CreatePool,
  experiment: Experiment,
  configFile: string,
  told: (share: number) => void,
): Promise<FeatureStatistics> {
  const { features, augment, seed } = experiment;
  const pool = createPool({ spec: features, augment, seed });
  // Noise is looked for elsewhere, and does not change what is measured.
  const noiseless = { ...augment, noise: { ...augment.noise, probability: 0 } };
  try {
    const { train } = await loadTrainingData({ ...experiment, augment: noiseless }, configFile, pool);
    const rules = { bins: featureBins(features), sampleRateHz: features.sampleRateHz, seed };
    return await measureStatistics(train.examples, rules, watched(pool, told));
  } finally {
    await pool.dispose();
  }
}

/** Tells how much of what was asked for is measured. */
function watched(pool: FeaturePool, told: (share: number) => void): FeaturePool {
  let [asked, done] = [0, 0];
  return {
    ...pool,
    run(job) {
      const result = pool.run(job);
      if (job.kind !== 'moments') return result;
      asked++;
      result.then(
        () => told(++done / asked),
        () => {},
      );
      return result;
    },
  };
}

/** Everything that the statistics depend on. */
async function keyOf(experiment: Experiment, configFile: string): Promise<string> {
  const { data, text, tokenizer, features, model, loss, seed, augment } = experiment;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([configFile, data, text, tokenizer, features, model, loss, seed, augment.speed]));
  for (const name of data.train) {
    const found = await stat(resolve(dirname(configFile), name)).catch(() => undefined);
    hash.update(`${found?.mtimeMs} ${found?.size}\n`);
  }
  return hash.digest('hex');
}
