import type { ParameterChecks } from './channel.ts';
import { type Check, isInteger, isNumber, isString, object, parameters } from './check.ts';
import type { SoundPiece } from './samples.ts';

/** What the view of a report or a comparison may ask of the extension. */
export interface EvaluationHost {
  /** What the view shows; undefined when the file cannot be read, with the reason. */
  open(): Promise<OpenedReport | { reason: string }>;
  /** The file's text from a byte on, a piece at a time: the extension host holds none of it. */
  read(startByte: number): Promise<TextPiece>;
  samples(place: HeardPlace, startSample: number, sampleCount: number): Promise<SoundPiece>;
  /** Shows a stretch of a recording in the spectrogram editor, where it is selected. */
  openSpectrogram(place: HeardPlace): void;
  showLine(manifest: string, line: number): void;
  /** Lets the user choose what this report is compared with. */
  compare(): void;
  /** Opens the page for the browser beside the report. */
  openPage(): void;
  copyText(text: string): void;
}

/** What the extension tells the view. */
export interface EvaluationView {
  /** The file is another one now: open it again. */
  changed(): void;
}

export interface OpenedReport {
  /** Path, to be kept by the view. */
  file: string;
  name: string;
  sizeBytes: number;
  /** A page for the browser lies beside it. */
  hasPage: boolean;
}

export interface TextPiece {
  text: string;
  endByte: number;
}

/** A stretch of a recording. */
export interface HeardPlace {
  /** Absolute. */
  audio: string;
  startSec: number;
  endSec: number;
}

const isPlace: Check<HeardPlace> = object<HeardPlace>({ audio: isString, startSec: isNumber, endSec: isNumber });

export const evaluationHostChecks: ParameterChecks<EvaluationHost> = {
  open: parameters(),
  read: parameters(isInteger),
  samples: parameters(isPlace, isInteger, isInteger),
  openSpectrogram: parameters(isPlace),
  showLine: parameters(isString, isInteger),
  compare: parameters(),
  openPage: parameters(),
  copyText: parameters(isString),
};

export const evaluationViewChecks: ParameterChecks<EvaluationView> = { changed: parameters() };
