import { type DatasetFilter, isDatasetFilter } from '../../../shared/datasetFacts.ts';
import type { ParameterChecks } from '../../../shared/protocol/channel.ts';
import {
  arrayOf,
  isBoolean,
  isInteger,
  isNumber,
  isString,
  object,
  optional,
  parameters,
} from '../../../shared/protocol/check.ts';
import {
  type ListedUtterances,
  type OpenedStatistics,
  type StatisticsView,
  statisticsViewChecks,
} from '../../../shared/protocol/statistics.ts';

/** What the extension may ask of the thread that knows data sets. */
export interface DatasetWorker {
  /** What a line of a document says of a recording; undefined where it says nothing. */
  utteranceAt(document: DocumentState, line: number): Promise<FoundUtterance | undefined>;
  /** The lines of a document that name a recording, the first ones of a long one. */
  utterancesOf(document: DocumentState, limit: number): Promise<FoundUtterance[]>;
  /** Seconds by the recording's header. */
  durationSec(clip: ClipPlace): Promise<number>;
  /** A small picture of an utterance, with what there is to say of it. Fails as data. */
  describeClip(clip: ClipPlace, light: boolean): Promise<ClipCard>;
  /** Reads manifests and describes them; what takes longer follows as progress. */
  openDatasets(files: string[]): Promise<OpenedStatistics>;
  list(manifest: number, filter: DatasetFilter, from: number): Promise<ListedUtterances>;
  utterance(manifest: number, index: number): Promise<FoundUtterance | undefined>;
}

export type DatasetOwner = Pick<StatisticsView, 'described' | 'progressed'>;

/** A document as its editor has it; the text only where it is not saved. */
export interface DocumentState {
  file: string;
  text?: string;
}

export interface ClipPlace {
  file: string;
  offsetSec?: number;
  durationSec?: number;
}

/** An utterance with its recording found. */
export interface FoundUtterance {
  clip: ClipPlace;
  text: string;
  speaker?: string;
  /** As the document says. */
  durationSec?: number;
  document: string;
  /** From 1. */
  line: number;
}

export type ClipCard =
  | { readable: false; message: string }
  | {
      readable: true;
      /** PNG. */
      picture: ArrayBuffer;
      durationSec: number;
      /** The picture and the levels are of so much, from the beginning. */
      shownSec: number;
      format: string;
      rmsDb: number;
      peakDb: number;
      clippedSamples: number;
    };

const isDocument = object<DocumentState>({ file: isString, text: optional(isString) });
const isClip = object<ClipPlace>({ file: isString, offsetSec: optional(isNumber), durationSec: optional(isNumber) });

export const datasetWorkerChecks: ParameterChecks<DatasetWorker> = {
  utteranceAt: parameters(isDocument, isInteger),
  utterancesOf: parameters(isDocument, isInteger),
  durationSec: parameters(isClip),
  describeClip: parameters(isClip, isBoolean),
  openDatasets: parameters(arrayOf(isString, 20)),
  list: parameters(isInteger, isDatasetFilter, isInteger),
  utterance: parameters(isInteger, isInteger),
};

export const datasetOwnerChecks: ParameterChecks<DatasetOwner> = {
  described: statisticsViewChecks.described,
  progressed: statisticsViewChecks.progressed,
};
