import type { Experiment } from '../../shared/config/schema.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import type { AskedDevice } from '../devices/chooseDevice.ts';
import type { LaunchedRank } from '../parallel/launchedRanks.ts';
import type { StepRange } from '../profile/stepRange.ts';
import type { Terminal } from '../terminal.ts';

export interface TrainRequest {
  experiment: Experiment;
  configFile: string;
  runDirectory: string | undefined;
  resume: boolean;
  /** A run or checkpoint that a new run goes on from, at this step or before. */
  from: { path: string; upToStep?: number } | undefined;
  threads: number | 'auto';
  device: AskedDevice;
  /** Of several processes that train together. */
  launched: LaunchedRank | undefined;
  /** Steps to profile unasked. */
  profileSteps: StepRange | undefined;
  terminal: Terminal;
  /** Between two samples of memory and devices, where the usual time does not suit. */
  sampleEveryMs?: number;
  /** The sweep's directory beside the run's, which of its trials this is, and what the run is called. */
  trial?: { sweep: string; number: number; name: string };
  /** Asked after each evaluation: why the run ends there, with a checkpoint; undefined to go on. */
  whyHopeless?(model: RunModel): string | undefined;
}

export interface TrainOutcome {
  runDirectory: string;
  reason: 'done' | 'stopped';
  steps: number;
  wer: number | null;
  cer: number | null;
  /** Why it was given up before its last epoch. */
  hopeless?: string;
}
