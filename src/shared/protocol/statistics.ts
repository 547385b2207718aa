import { type DatasetFilter, type DatasetStatistics, isDatasetFilter, type LevelStatistics } from '../datasetFacts.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isInteger, isString, object, oneOf, parameters } from './check.ts';

/** What the statistics view may ask of the extension. */
export interface StatisticsHost {
  /** Reads the manifests of the view; again when they have changed. */
  open(): Promise<OpenedStatistics>;
  /** Utterances that a bar, a word or a speaker stands for, `listedUtterances` at most, from one of them on. */
  list(manifest: number, filter: DatasetFilter, from: number): Promise<ListedUtterances>;
  utteranceAction(manifest: number, index: number, action: ListAction): void;
  /** Lets the user choose other manifests for this view. */
  chooseManifests(): void;
}

/** What the extension tells the view. */
export interface StatisticsView {
  /** Lengths that the lines do not say have been measured: figures of all manifests, in their order. */
  described(statistics: DatasetStatistics[]): void;
  progressed(progress: SurveyProgress): void;
  changed(): void;
}

export interface OpenedStatistics {
  /** Paths, to be kept by the view. */
  files: string[];
  manifests: DatasetStatistics[];
  /** Files that hold no utterance, with the reason. */
  failures: { name: string; message: string }[];
}

export interface SurveyProgress {
  manifest: number;
  stage: 'lengths' | 'levels';
  done: number;
  total: number;
  levels?: LevelStatistics;
}

export interface ListedUtterance {
  /** In its manifest. */
  index: number;
  line: number;
  audioFilepath: string;
  text: string;
  durationSec?: number;
  speaker?: string;
}

export interface ListedUtterances {
  total: number;
  utterances: ListedUtterance[];
}

export const listedUtterances = 100;

export const listActions = ['play', 'openSpectrogram', 'showLine'] as const;
export type ListAction = (typeof listActions)[number];

export const statisticsHostChecks: ParameterChecks<StatisticsHost> = {
  open: parameters(),
  list: parameters(isInteger, isDatasetFilter, isInteger),
  utteranceAction: parameters(isInteger, isInteger, oneOf(...listActions)),
  chooseManifests: parameters(),
};

// The figures are the host's own.
const isStatistics: Check<DatasetStatistics> = (value): value is DatasetStatistics =>
  object({ name: isString, utterances: isInteger })(value);
const isProgress: Check<SurveyProgress> = (value): value is SurveyProgress =>
  object({ manifest: isInteger, stage: oneOf('lengths', 'levels'), done: isInteger, total: isInteger })(value);

export const statisticsViewChecks: ParameterChecks<StatisticsView> = {
  described: parameters(arrayOf(isStatistics, 20)),
  progressed: parameters(isProgress),
  changed: parameters(),
};
