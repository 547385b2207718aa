import type { SweepEnd, SweepTrial, TrialState } from '../sweep/sweepRecord.ts';
import type { ParameterChecks } from './channel.ts';
import {
  arrayOf,
  type Check,
  isBoolean,
  isInteger,
  isNumber,
  isString,
  object,
  oneOf,
  optional,
  parameters,
} from './check.ts';

/** What the table of a sweep may ask of the extension. Trials are named by their numbers. */
export interface SweepHost {
  /** First call of a view; null while the sweep is being prepared. Then `changed` follows. */
  open(): Promise<ShownSweep | null>;
  /** Opens the runs of trials in the profiler, over each other. */
  openRuns(trials: number[]): void;
  /** Writes the values of a trial into the experiment. */
  useValues(trial: number): void;
  control(action: SweepAction): void;
}

/** What the extension tells a view. */
export interface SweepView {
  changed(sweep: ShownSweep): void;
}

export const sweepActions = ['stop', 'resume', 'showExperiment'] as const;
export type SweepAction = (typeof sweepActions)[number];

/** A sweep as its table shows it; plain data. */
export interface ShownSweep {
  directory: string;
  name: string;
  keys: string[];
  /** A process works on it. */
  active: boolean;
  /** How its process ended; absent when it was killed. */
  end?: SweepEnd;
  /** Number of the best trial. */
  best: number | null;
  trials: ShownTrial[];
}

export type ShownTrial = Pick<
  SweepTrial,
  'number' | 'values' | 'state' | 'epochs' | 'wers' | 'wer' | 'cer' | 'durationMs' | 'message'
>;

export const sweepHostChecks: ParameterChecks<SweepHost> = {
  open: parameters(),
  openRuns: parameters(arrayOf(isInteger, 6)),
  useValues: parameters(isInteger),
  control: parameters(oneOf(...sweepActions)),
};

const isScore: Check<number | null> = (value): value is number | null => value === null || isNumber(value);
const trialStates: readonly TrialState[] = ['waiting', 'running', 'done', 'stopped', 'failed'];
const isTrial = object<ShownTrial>({
  number: isInteger,
  values: arrayOf(isString),
  state: oneOf(...trialStates),
  epochs: isInteger,
  wers: arrayOf(isNumber),
  wer: isScore,
  cer: isScore,
  durationMs: isNumber,
  message: optional(isString) as Check<string>,
});
const isSweep = object<ShownSweep>({
  directory: isString,
  name: isString,
  keys: arrayOf(isString),
  active: isBoolean,
  end: optional(oneOf('done', 'stopped', 'budget')) as Check<SweepEnd>,
  best: isScore,
  trials: arrayOf(isTrial),
});

export const sweepViewChecks: ParameterChecks<SweepView> = {
  changed: parameters(isSweep as Check<ShownSweep>),
};
