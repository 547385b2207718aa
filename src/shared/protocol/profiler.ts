import type { RunAlert } from '../run/alert.ts';
import type { StepBatch } from '../run/batchLines.ts';
import type { EngineEvent } from '../run/events.ts';
import type { RunModel } from '../run/runModel.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isInteger, isString, object, oneOf, parameters } from './check.ts';
import { type ProfileHost, profileHostChecks } from './profilerProfile.ts';
import type { SoundPiece } from './samples.ts';

/** What the profiler panel may ask of the extension. Runs are named by their directories; '' stands for none. */
export interface ProfilerHost extends ProfileHost {
  /** First call of a view: the runs it shows, whole, the one in focus first. Then `appended` follows. */
  open(): Promise<OpenedPanel>;
  /** What a step took, or null when the run has not noted it. */
  stepBatch(directory: string, step: number): Promise<StepBatch | null>;
  /** Samples of an utterance of a step, counted from its beginning, at most `maxSamplesPerPull`. */
  samples(utterance: UtterancePlace, startSample: number, sampleCount: number): Promise<SoundPiece>;
  /** What the engine has printed from a byte of the log on; the last of it when that is too much. */
  log(directory: string, fromByte: number): Promise<LogPart>;
  runAction(directory: string, action: RunAction): void;
  utteranceAction(utterance: UtterancePlace, action: UtteranceAction): void;
  /** Goes on in a new run from the last checkpoint before the step. */
  resumeBefore(directory: string, step: number): void;
  /** Shows the place of one of the run's problems in its file. */
  showProblem(directory: string, index: number): void;
}

/** What the extension tells a view. */
export interface ProfilerView {
  /** What has happened since `open` or the last such call; at most ten times a second. */
  appended(updates: RunUpdate[]): void;
  /** Other runs are shown, or too much has happened: open again. */
  changed(): void;
}

export interface OpenedPanel {
  /** The runs the user chose, to be kept for a reload; empty for whichever run is current. */
  chosen: string[];
  runs: PanelRun[];
}

/** A run as far as it is known; plain data. */
export interface PanelRun {
  directory: string;
  name: string;
  state: string;
  /** A process works on it. */
  active: boolean;
  model: RunModel;
}

export interface RunUpdate {
  directory: string;
  state: string;
  active: boolean;
  events: EngineEvent[];
}

/** One utterance of a step; `index` counts in the order of `StepBatch`. */
export interface UtterancePlace {
  directory: string;
  step: number;
  index: number;
}

export interface LogPart {
  /** Whole lines. */
  text: string;
  /** Where `text` begins: later than asked for when something was left out. */
  startByte: number;
  endByte: number;
  /** What keeps the run from going on. */
  alert?: RunAlert;
}

export const runActions = [
  'stop',
  'pause',
  'continue',
  'checkpoint',
  'resume',
  'profile',
  'showLog',
  'showReport',
  'train',
] as const;
export type RunAction = (typeof runActions)[number];

export const utteranceActions = ['openSpectrogram', 'showLine', 'exclude'] as const;
export type UtteranceAction = (typeof utteranceActions)[number];

/** More of a log than this is not sent. */
export const logTailBytes = 65_536;

const isPlace: Check<UtterancePlace> = (value): value is UtterancePlace =>
  object({ directory: isString, step: isInteger, index: isInteger })(value);

export const profilerHostChecks: ParameterChecks<ProfilerHost> = {
  ...profileHostChecks,
  open: parameters(),
  stepBatch: parameters(isString, isInteger),
  samples: parameters(isPlace, isInteger, isInteger),
  log: parameters(isString, isInteger),
  runAction: parameters(isString, oneOf(...runActions)),
  utteranceAction: parameters(isPlace, oneOf(...utteranceActions)),
  resumeBefore: parameters(isString, isInteger),
  showProblem: parameters(isString, isInteger),
};

// The events are the host's own: it has parsed them line by line.
const isEvent: Check<EngineEvent> = (value): value is EngineEvent => object({ kind: isString, step: isInteger })(value);
const isUpdate: Check<RunUpdate> = (value): value is RunUpdate =>
  object({
    directory: isString,
    state: isString,
    active: oneOf(true, false),
    events: arrayOf(isEvent),
  })(value);

export const profilerViewChecks: ParameterChecks<ProfilerView> = {
  appended: parameters(arrayOf(isUpdate, 100)),
  changed: parameters(),
};
