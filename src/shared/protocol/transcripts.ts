import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isInteger, isString, object, oneOf, parameters } from './check.ts';

/** What the view of transcripts may ask of the extension. Items are numbered from 0. */
export interface TranscriptsHost {
  open(): OpenedTranscripts;
  /** The item's recording, to be played from. */
  sound(item: number): Promise<Sound>;
  /** float32 samples, the mean of the channels, at most `maxSamplesPerPull`; shorter at the end. */
  samples(item: number, startSample: number, sampleCount: number): Promise<ArrayBuffer>;
  /** `word` is a place of the item's pairs, or −1. */
  itemAction(item: number, action: ItemAction, word: number): void;
  requestAction(action: RequestAction): void;
}

/** What the extension tells the view. */
export interface TranscriptsView {
  itemChanged(item: TranscriptItem): void;
  progressed(progress: TranscriptsProgress): void;
  /** All of it is another: open it again. */
  changed(): void;
}

export const itemActions = ['insert', 'copy', 'openSpectrogram', 'showLine'] as const;
export type ItemAction = (typeof itemActions)[number];

/** `retry` is for what failed or was cancelled; `insertAll` for all lines that have none or another text. */
export const requestActions = ['cancel', 'retry', 'insertAll', 'copyAll', 'chooseModel', 'showLog'] as const;
export type RequestAction = (typeof requestActions)[number];

export interface OpenedTranscripts {
  model: { name: string; path: string };
  items: TranscriptItem[];
  progress: TranscriptsProgress;
}

export interface TranscriptsProgress {
  running: boolean;
  done: number;
  total: number;
  /** Of a long recording that is being heard, 0 to 1. */
  share: number;
}

export type ItemState = 'waiting' | 'hearing' | 'done' | 'failed' | 'cancelled';

export interface TranscriptItem {
  index: number;
  /** `train.jsonl:5`, or the recording. */
  name: string;
  recording: string;
  state: ItemState;
  /** Why it failed. */
  message?: string;
  startSec: number;
  /** Known once it has been heard, or by its line. */
  endSec?: number;
  /** What was heard. */
  text: string;
  pairs: ShownPair[];
  /** Present where there is a reference to compare with. */
  errors?: ShownErrors;
  /** Whether there is a line for the text, and whether it has one now. */
  line: 'none' | 'empty' | 'filled';
  inserted: boolean;
  /** The pair that was asked for. */
  focus?: number;
}

/** `heard` is a word without a reference. */
export interface ShownPair {
  kind: 'match' | 'substitution' | 'deletion' | 'insertion' | 'heard';
  reference?: string;
  hypothesis?: string;
  /** In the recording. */
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence?: number;
}

export interface ShownErrors {
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Words of the reference. */
  reference: number;
}

export interface Sound {
  sampleRateHz: number;
  /** Per channel. */
  samples: number;
}

export const transcriptsHostChecks: ParameterChecks<TranscriptsHost> = {
  open: parameters(),
  sound: parameters(isInteger),
  samples: parameters(isInteger, isInteger, isInteger),
  itemAction: parameters(isInteger, oneOf(...itemActions), isInteger),
  requestAction: parameters(oneOf(...requestActions)),
};

// The items are the host's own.
const isItem: Check<TranscriptItem> = (value): value is TranscriptItem =>
  object({ index: isInteger, name: isString, text: isString, pairs: arrayOf(object({ kind: isString })) })(value);
const isProgress: Check<TranscriptsProgress> = (value): value is TranscriptsProgress =>
  object({ done: isInteger, total: isInteger })(value);

export const transcriptsViewChecks: ParameterChecks<TranscriptsView> = {
  itemChanged: parameters(isItem),
  progressed: parameters(isProgress),
  changed: parameters(),
};
