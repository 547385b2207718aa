import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FeatureStatistics } from '../../dsp/normalization.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { createFeatureWorkshop } from '../data/featureJobs.ts';
import type { FeaturePool } from '../data/featurePool.ts';
import { measureStatistics } from '../data/statistics.ts';
import { loadTrainingData } from '../trainingData.ts';

/** Measures the training set as a run does before its first step, once for each set and features. */
export interface GlobalStatistics {
  /** Null where the experiment normalises otherwise. Throws a UserError where there is nothing to measure. */
  of(experiment: Experiment, configFile: string, told: (share: number) => void): Promise<FeatureStatistics | null>;
}

export function createGlobalStatistics(): GlobalStatistics {
  const known = new Map<string, Promise<FeatureStatistics>>();
  return {
    async of(experiment, configFile, told) {
      if (experiment.features.normalization !== 'global') return null;
      const key = await keyOf(experiment, configFile);
      const measured = known.get(key) ?? measure(experiment, configFile, told);
      known.set(key, measured);
      // A set that could not be measured may be mended.
      measured.catch(() => known.delete(key));
      return measured;
    },
  };
}

async function measure(
  experiment: Experiment,
  configFile: string,
  told: (share: number) => void,
): Promise<FeatureStatistics> {
  const pool = await lonelyPool(experiment, told);
  // Noise is looked for elsewhere, and does not change what is measured.
  const noiseless = { ...experiment.augment, noise: { ...experiment.augment.noise, probability: 0 } };
  const { train } = await loadTrainingData({ ...experiment, augment: noiseless }, configFile, pool);
  const { features, seed } = experiment;
  const rules = { bins: featureBins(features), sampleRateHz: features.sampleRateHz, seed };
  return measureStatistics(train.examples, rules, pool);
}

/** The jobs of a pool in this thread, one after another. */
async function lonelyPool(
  { features, augment, seed }: Experiment,
  told: (share: number) => void,
): Promise<FeaturePool> {
  const workshop = await createFeatureWorkshop({ spec: features, augment, seed });
  let last: Promise<unknown> = Promise.resolve();
  let [asked, done] = [0, 0];
  return {
    size: 1,
    run(job) {
      const measuring = job.kind === 'moments';
      if (measuring) asked++;
      const result = last.then(() => workshop.run(job));
      last = result.then(
        () => measuring && told(++done / asked),
        () => {},
      );
      return result as Promise<never>;
    },
    observe() {},
    async dispose() {},
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
