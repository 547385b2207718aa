import { basename } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import { leastFinished, missedMedian } from '../../shared/sweep/medianRule.ts';
import {
  isSettled,
  type SweepEnd,
  type SweepRecord,
  type SweepTrial,
  trialName,
} from '../../shared/sweep/sweepRecord.ts';
import { writeError } from '../../training/fileError.ts';
import { type Control, watchControl } from '../../training/run/controlFile.ts';
import { readRunModel } from '../../training/run/readRunModel.ts';
import { readRecord } from '../../training/run/runDirectory.ts';
import type { AskedDevice } from '../devices/chooseDevice.ts';
import type { Terminal } from '../terminal.ts';
import { renderPercent } from '../train/progressText.ts';
import type { TrainOutcome, TrainRequest } from '../train/trainRequest.ts';
import { trialDirectory, trialExperiment } from './planSweep.ts';
import { writeSweep } from './sweepDirectory.ts';
import { createTrialTerminal, type TrialTerminal } from './trialTerminal.ts';

export interface SweepSetup {
  directory: string;
  /** Kept up to date, here and in its file. */
  record: SweepRecord;
  /** Text of the experiment. */
  text: string;
  threads: number | undefined;
  device: AskedDevice | undefined;
  terminal: Terminal;
  train(request: TrainRequest): Promise<TrainOutcome>;
}

const pollMs = 200;

/** Trains the trials that are not settled yet, one after another; the caller holds the sweep's lock. */
export async function runSweep(setup: SweepSetup): Promise<SweepEnd> {
  const { directory, record } = setup;
  delete record.end;
  await writeSweep(directory, record);
  record.end = await trainTrials(setup);
  await writeSweep(directory, record);
  return record.end;
}

async function trainTrials(setup: SweepSetup): Promise<SweepEnd> {
  const { directory, record, terminal } = setup;
  const control = watchControl(directory);
  const trialTerminal = createTrialTerminal(terminal);
  const asking = setInterval(() => control.stopRequested && trialTerminal.stop(), pollMs);
  const release = terminal.onInterrupt(() => {
    control.request('stop');
    trialTerminal.stop();
  });
  try {
    for (const trial of record.trials) {
      if (isSettled(trial)) continue;
      if (control.stopRequested) return 'stopped';
      if (isSpent(record)) return 'budget';
      const label = `trial ${trial.number}/${record.trials.length}: ${trialName(record.keys, trial.values)}`;
      terminal.note(label);
      trialTerminal.begin(`trial ${trial.number}/${record.trials.length} · `);
      await runTrial(setup, trial, control, trialTerminal);
      if (!isSettled(trial)) return 'stopped';
      terminal.note(`${label}: ${trial.message ?? trial.state}`);
    }
    return 'done';
  } finally {
    clearInterval(asking);
    release();
    control.dispose();
  }
}

/** The sweep's record follows the trial; it stays `running` when the trial was interrupted. */
async function runTrial(setup: SweepSetup, trial: SweepTrial, control: Control, terminal: TrialTerminal) {
  const { directory, record } = setup;
  const run = trialDirectory(directory, trial);
  const exists = readRecord(run) !== undefined;
  const before = exists ? readRunModel(run) : undefined;
  if (before && settleFromRun(record, trial, before)) return writeSweep(directory, record);
  const startMs = performance.now();
  const spentMs = trial.durationMs;
  let saving = Promise.resolve();
  // One write after another; the last one tells whether the disk takes them.
  const save = (change: Partial<SweepTrial>) => {
    Object.assign(trial, change, { durationMs: spentMs + performance.now() - startMs });
    saving = saving.catch(() => undefined).then(() => writeSweep(directory, record));
    return saving;
  };
  await save({ state: 'running' });
  try {
    const outcome = await setup.train({
      ...requestOf(setup, trial, terminal),
      runDirectory: run,
      resume: exists,
      whyHopeless(model) {
        void save(scoreOf(model)).catch(() => undefined);
        return whyHopeless(record, trial);
      },
    });
    const stopped = outcome.hopeless === undefined ? {} : { state: 'stopped' as const, message: outcome.hopeless };
    const done = outcome.reason === 'done' ? { state: 'done' as const } : stopped;
    await save({ ...scoreOf(readRunModel(run)), ...done });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await save({ ...scoreOf(readRunModel(run)), state: 'failed', message: error.message });
  } finally {
    await saving.catch((error: unknown) => {
      throw writeError(error, directory, 'sweep');
    });
  }
  if (!isSettled(trial)) control.request('stop');
}

function requestOf({ directory, record, text, threads, device }: SweepSetup, trial: SweepTrial, terminal: Terminal) {
  const experiment = trialExperiment(record, trial.values, text);
  return {
    experiment,
    configFile: record.configFile,
    from: undefined,
    threads: threads ?? experiment.training.threads,
    device: device ?? experiment.training.device,
    launched: undefined,
    profileSteps: undefined,
    terminal,
    trial: {
      sweep: basename(directory),
      number: trial.number,
      name: trialName(record.keys, trial.values),
    },
  };
}

/** What a run says that ended just before the sweep could note it down. True when there is nothing left to train. */
function settleFromRun(record: SweepRecord, trial: SweepTrial, model: RunModel): boolean {
  Object.assign(trial, scoreOf(model));
  const hopeless = whyHopeless(record, trial);
  if (model.state === 'done') trial.state = 'done';
  else if (hopeless !== undefined) Object.assign(trial, { state: 'stopped', message: hopeless });
  else return false;
  return true;
}

const scoreOf = ({ evaluations, best }: RunModel) => ({
  wers: evaluations.map(({ wer }) => wer),
  wer: best?.wer ?? null,
  cer: best?.cer ?? null,
});

function whyHopeless({ trials, graceEpochs }: SweepRecord, { wers, epochs }: SweepTrial): string | undefined {
  if (graceEpochs === undefined) return undefined;
  const finished = trials.filter(({ state }) => state === 'done').map((trial) => trial.wers);
  const bar = missedMedian(wers, finished, epochs, { graceEpochs, leastFinished });
  if (bar === undefined) return undefined;
  return (
    `given up after epoch ${wers.length}: its best WER, ${renderPercent(Math.min(...wers))}, ` +
    `is worse than the median of the finished trials up to there, ${renderPercent(bar)}`
  );
}

function isSpent({ trials, budgetMin }: SweepRecord): boolean {
  const spentMs = trials.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return budgetMin !== undefined && spentMs >= 60_000 * budgetMin;
}
