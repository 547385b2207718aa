import { arrayOf, type Check, either, isInteger, isNumber, isString, object, oneOf, optional } from './check.ts';

/**
 * `asr listen` speaks JSON lines: calls on its standard input, answers by `id` on its standard output, in the order in
 * which they are ready. It ends when its input does.
 */
export type ListenCall = TranscribeCall | InspectCall | LinesCall | CancelCall;

/** One stretch of a recording, heard by a model that stays open; answered by `HeardStretch`. */
export interface TranscribeCall {
  id: number;
  call: 'transcribe';
  /** Run directory, checkpoint directory or `.onnx`. Read again once its file has changed. */
  model: string;
  audio: string;
  startSec?: number;
  endSec?: number;
  /** As the options of `asr transcribe`. */
  decoding?: { decoder?: 'greedy' | 'beam' | 'attention' | 'joint'; beamWidth?: number };
}

/**
 * The same with what the text is read from: posteriors, and references aligned to them; answered by `InspectedStretch`.
 * At most `longestInspectionSec`.
 */
export interface InspectCall extends Omit<TranscribeCall, 'call'> {
  call: 'inspect';
  startSec: number;
  endSec: number;
  references?: ReferenceText[];
}

export const longestInspectionSec = 600;

/** What somebody wrote down of a part of the recording. */
export interface ReferenceText {
  startSec: number;
  endSec: number;
  text: string;
}

/** The recordings that lines of a document name; answered by `FoundLines`. */
export interface LinesCall {
  id: number;
  call: 'lines';
  file: string;
  /** Texts of editors that are not saved, by path. */
  texts?: Record<string, string>;
  /** First and last line from 1; by default all. */
  lines?: [from: number, to: number][];
}

/** The call of this id is not wanted any more; it answers that it was cancelled. */
export interface CancelCall {
  id: number;
  call: 'cancel';
}

export type ListenAnswer =
  | { id: number; result: unknown }
  /** Share of a long recording that has been heard, 0 to 1. */
  | { id: number; progress: number }
  | { id: number; error: { message: string; kind: FailureKind } };

/** `expected` is the user's to mend, `bug` is not. */
export type FailureKind = 'expected' | 'bug' | 'cancelled';

export interface HeardWord {
  text: string;
  /** From the start of the recording. */
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence: number;
}

export interface HeardStretch {
  text: string;
  words: HeardWord[];
  startSec: number;
  endSec: number;
  /** The file or directory that the model was read from. */
  source: string;
  /** What becomes of the case of references before they are compared. */
  textCase: TextCase;
}

export interface InspectedStretch extends HeardStretch {
  /** One for each reference, in order. */
  alignments: AlignedReference[];
  /** Or why the model has none. */
  posteriors: InspectedPosteriors | { reason: string };
}

/** A word or a unit of the output at the time where the likeliest path has it. */
export interface AlignedUnit {
  text: string;
  startSec: number;
  endSec: number;
  /** 0 to 1: the geometric mean of the posteriors over its frames. */
  score: number;
}

export type AlignedReference = ReferenceText &
  ({ words: AlignedUnit[]; tokens: AlignedUnit[]; logProbabilityPerFrame: number } | { problem: string });

/** CTC's posteriors; arrays are base64, row-major. */
export interface InspectedPosteriors {
  frameSec: number;
  /** Of all pieces together. */
  frames: number;
  /** Parts that were heard at once, one after another. */
  pieces: { startSec: number; frames: number }[];
  /** Texts of units: first those of `probabilities`, the blank ('') before all; then others among the likeliest. */
  units: string[];
  rows: number;
  /** uint8 [frames, rows]; 255 is certain. */
  probabilities: string;
  topCount: number;
  /** uint16, little-endian, [frames, topCount]: indices of `units`, likeliest first. */
  topUnits: string;
  /** uint8 [frames, topCount]; a unit of probability 0 means nothing. */
  topProbabilities: string;
}

const textCases = ['upper', 'lower', 'as-is'] as const;
export type TextCase = (typeof textCases)[number];

export interface LinePlace {
  file: string;
  line: number;
  column: number;
  endColumn?: number;
}

/** A line that names a recording: an utterance of its document with the recording found. */
export interface FoundLine {
  id: string;
  audioFilepath: string;
  text: string;
  /** False where the line has no transcript yet. */
  hasText: boolean;
  line: number;
  file: string;
  source: string;
  places?: { text?: LinePlace };
  /** Fields of this table are quoted where they hold a separator. */
  quoted?: boolean;
  /** Absolute. */
  audio: string;
  startSec: number;
  /** Undefined is the end of the recording. */
  endSec?: number;
}

export interface FoundLines {
  kind: 'manifest' | 'transcripts' | 'table' | 'kaldi';
  lines: FoundLine[];
  /** Lines among those asked for that name no recording, with the reason. */
  failures: { line: number; message: string }[];
}

export const isListenCall: Check<ListenCall> = (value): value is ListenCall => {
  if (!object({ id: isInteger, call: oneOf('transcribe', 'inspect', 'lines', 'cancel') })(value)) return false;
  if (value.call === 'cancel') return true;
  if (value.call === 'transcribe') return isTranscribe(value);
  if (value.call === 'inspect') return isTranscribe(value) && isInspect(value);
  return isLines(value);
};

const isDecoding = object({
  decoder: optional(oneOf('greedy', 'beam', 'attention', 'joint')),
  beamWidth: optional(isInteger),
});
const isTranscribe = object({
  ...{ model: isString, audio: isString },
  ...{ startSec: optional(isNumber), endSec: optional(isNumber), decoding: optional(isDecoding) },
});
export const isReferenceText = object<ReferenceText>({ startSec: isNumber, endSec: isNumber, text: isString });
const isInspect = object({
  ...{ startSec: isNumber, endSec: isNumber, references: optional(arrayOf(isReferenceText, 10_000)) },
});
const isRange: Check<[number, number]> = (value): value is [number, number] =>
  arrayOf(isInteger, 2)(value) && value.length === 2;
const isTexts: Check<Record<string, string>> = (value): value is Record<string, string> =>
  typeof value === 'object' && value !== null && Object.values(value).every(isString);
const isLines = object({ file: isString, texts: optional(isTexts), lines: optional(arrayOf(isRange)) });

const isWord = object<HeardWord>({ text: isString, startSec: isNumber, endSec: isNumber, confidence: isNumber });
export const isHeardStretch = object<HeardStretch>({
  ...{ text: isString, words: arrayOf(isWord), startSec: isNumber, endSec: isNumber, source: isString },
  textCase: oneOf(...textCases),
});
const isUnit = object<AlignedUnit>({ text: isString, startSec: isNumber, endSec: isNumber, score: isNumber });
const isAligned = object({ words: arrayOf(isUnit), tokens: arrayOf(isUnit), logProbabilityPerFrame: isNumber });
const isAlignedReference: Check<AlignedReference> = (value): value is AlignedReference =>
  isReferenceText(value) && (isAligned(value) || object({ problem: isString })(value));
const isPiece = object({ startSec: isNumber, frames: isInteger });
const isPosteriors = object<InspectedPosteriors>({
  ...{ frameSec: isNumber, frames: isInteger, pieces: arrayOf(isPiece), units: arrayOf(isString), rows: isInteger },
  ...{ probabilities: isString, topCount: isInteger, topUnits: isString, topProbabilities: isString },
});
export const isInspectedStretch: Check<InspectedStretch> = (value): value is InspectedStretch =>
  isHeardStretch(value) &&
  object({
    alignments: arrayOf(isAlignedReference),
    posteriors: either(isPosteriors, object({ reason: isString })),
  })(value);
const isFoundLine: Check<FoundLine> = (value): value is FoundLine =>
  object({ ...{ id: isString, text: isString, line: isInteger, file: isString, source: isString }, audio: isString })(
    value,
  );
const isFailure = object({ line: isInteger, message: isString });
export const isFoundLines = object<FoundLines>({
  kind: oneOf('manifest', 'transcripts', 'table', 'kaldi'),
  lines: arrayOf(isFoundLine),
  failures: arrayOf(isFailure),
});
