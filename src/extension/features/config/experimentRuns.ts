import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Experiment } from '../../../shared/config/schema.ts';
import { runFiles } from '../../../shared/run/layout.ts';
import type { RunModel } from '../../../shared/run/runModel.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** Runs of experiments with the settings they had; their configs are read once. */
export interface ExperimentRuns {
  /** Newest first. A run whose file is gone belongs to the experiment of its name: renaming loses no run. */
  of(file: string, name: string): Run[];
  /** What a run was started with, from its own directory; undefined when that cannot be read. */
  settings(run: Run): Promise<Experiment | undefined>;
  /** Multiply-accumulate operations per second of audio of a run's model. */
  macsPerSecond(run: Run): Promise<number | undefined>;
}

export function createExperimentRuns({ runs, analysis, edge }: Services): ExperimentRuns {
  const texts = new Map<string, Promise<string | undefined>>();
  const macs = new Map<string, Promise<number | undefined>>();
  const textOf = (run: Run) =>
    once(texts, run.directory, () =>
      fs.promises.readFile(path.join(run.directory, runFiles.config), 'utf8').catch(() => undefined),
    );
  return {
    of: (file, name) =>
      runs.list.filter(
        (run) =>
          path.resolve(run.configFile) === path.resolve(file) ||
          (run.experiment === name &&
            path.dirname(run.configFile) === path.dirname(file) &&
            !fs.existsSync(run.configFile)),
      ),
    async settings(run) {
      const text = await textOf(run);
      if (text === undefined) return undefined;
      const { checkExperimentText } = await import('../../services/experimentText.ts');
      return checkExperimentText(text, run.directory).experiment;
    },
    macsPerSecond: (run) =>
      once(macs, run.directory, async () => {
        const text = await textOf(run);
        const facts = await edge.quiet('Analysis', async () =>
          text === undefined ? undefined : analysis.worker.describeExperiment(text),
        );
        return facts?.model.macsPerSecond;
      }),
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

/** Fewer steps say little: the first are slow, since graphs are built in them. */
const fewestSteps = 10;

/** Wall time of training per second of audio, evaluations and checkpoints included; undefined before it shows. */
export function secondsPerAudioSecond({ started, step, updatedMs }: RunModel): number | undefined {
  if (!started || updatedMs === undefined || step - started.step < fewestSteps) return undefined;
  const audioSec = ((step - started.step) / started.totalSteps) * started.epochs * started.trainSec;
  const seconds = (updatedMs - started.timeMs) / 1000;
  return audioSec > 0 && seconds > 0 ? seconds / audioSec : undefined;
}
