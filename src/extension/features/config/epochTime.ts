import type { Experiment } from '../../../shared/config/schema.ts';
import type { Run } from '../../services/runs.ts';
import { type ExperimentRuns, secondsPerAudioSecond } from './experimentRuns.ts';

export interface EpochTime {
  seconds: number;
  /** By a run with the same model and batches; else it is scaled by the work that the models do. */
  measured: boolean;
}

/** How long an epoch takes here, from the latest of the runs that has trained long enough to say it. */
export async function epochTime(
  experiment: Experiment,
  now: { macsPerSecond: number; durationSec: number },
  runs: readonly Run[],
  known: Pick<ExperimentRuns, 'settings' | 'macsPerSecond'>,
): Promise<EpochTime | undefined> {
  let estimate: EpochTime | undefined;
  for (const run of runs) {
    const pace = secondsPerAudioSecond(run.model);
    const settings = pace === undefined ? undefined : await known.settings(run);
    if (pace === undefined || !settings) continue;
    const seconds = pace * now.durationSec;
    if (worksAlike(settings, experiment)) return { seconds, measured: true };
    if (estimate) continue;
    const macs = await known.macsPerSecond(run);
    if (macs) estimate = { seconds: (seconds * now.macsPerSecond) / macs, measured: false };
  }
  return estimate;
}

/** What decides how long a step takes. */
function worksAlike(a: Experiment, b: Experiment): boolean {
  const deciding = ({ features, model, loss, tokenizer, training }: Experiment) => {
    const { batchSeconds, precision, device, threads, accumulate } = training;
    return JSON.stringify([features, model, loss, tokenizer, batchSeconds, precision, device, threads, accumulate]);
  };
  return deciding(a) === deciding(b);
}
