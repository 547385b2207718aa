import { dirname, join, resolve } from 'node:path';
import { renderExperiment } from '../../shared/config/renderExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { type ForkSource, forkRun } from '../../training/run/forkRun.ts';
import { createRun, type RunPlace } from '../../training/run/runDirectory.ts';
import { engineVersion } from '../version.ts';
import type { TrainRequest } from './trainRequest.ts';

type NewRun = Pick<TrainRequest, 'experiment' | 'configFile' | 'trial'>;

/** Makes a run directory, with what it takes from the run it goes on from; one that exists gets the config of today. */
export async function beginRun(
  { directory, exists }: RunPlace,
  { experiment, configFile, trial }: NewRun,
  source: ForkSource | undefined,
): Promise<void> {
  const config = renderExperiment(withAbsoluteData(experiment, configFile));
  if (exists) {
    await replaceFile(join(directory, runFiles.config), config);
    return;
  }
  if (source) await forkRun(source, directory);
  if (trial) await replaceFile(join(directory, runFiles.name), `${trial.name}\n`);
  await createRun(directory, config, {
    engine: engineVersion(),
    name: experiment.name,
    configFile,
    command: process.argv.slice(2),
    createdMs: Date.now(),
    ...(trial ? { sweep: { name: trial.sweep, trial: trial.number } } : {}),
    ...(source ? { from: { directory: source.run ?? source.checkpoint.directory, step: source.checkpoint.step } } : {}),
  });
}

/** With the language model's path as seen from anywhere: a checkpoint is used far from its config. */
export function placeLanguageModel(decoding: Experiment['decoding'], configFile: string): Experiment['decoding'] {
  const { languageModel } = decoding;
  return languageModel === null
    ? decoding
    : { ...decoding, languageModel: resolve(dirname(configFile), languageModel) };
}

/** The run's copy of the config lies elsewhere, so its paths must not be relative. */
function withAbsoluteData(experiment: Experiment, configFile: string): Experiment {
  const place = (file: string) => resolve(dirname(configFile), file);
  const { data, augment, decoding } = experiment;
  return {
    ...experiment,
    data: { ...data, train: data.train.map(place), dev: data.dev.map(place) },
    augment: { ...augment, noise: { ...augment.noise, files: augment.noise.files.map(place) } },
    decoding: placeLanguageModel(decoding, configFile),
  };
}
