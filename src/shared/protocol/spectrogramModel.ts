import type { ParameterChecks } from './channel.ts';
import { arrayOf, isInteger, isNumber, parameters } from './check.ts';
import {
  type InspectedPosteriors,
  type InspectedStretch,
  isReferenceText,
  type ReferenceText,
  type TextCase,
} from './listen.ts';
import type { ChannelChoice, HostAction } from './spectrogram.ts';

/** What the spectrogram view may ask of the extension about what a model hears. */
export interface ModelHost {
  /** The latest model's text of a range. Fails as data, so that the view can offer what to do about it. */
  transcribe(request: number, startSec: number, endSec: number): Promise<Transcription>;
  cancelTranscription(request: number): void;
  /** Everything looked into since the editor was opened that has not been replaced: a view is rebuilt from it. */
  inspections(): Promise<Inspection[]>;
  /** What a model makes of a stretch, down to its probabilities. Requests are numbered as those of `transcribe`. */
  inspect(request: number, startSec: number, endSec: number, references: ReferenceText[]): Promise<InspectionAnswer>;
  cancelInspection(request: number): void;
  /** A run of frames of an inspection's posteriors; at most `maxPosteriorBytes`. */
  posteriors(inspection: number, firstFrame: number, frameCount: number): Promise<PosteriorPart>;
  /**
   * Where speech is, found by the voice detector beside the data: segments from the `from`-th on, more of them at each call
   * until it is complete.
   */
  speech(channel: ChannelChoice, from: number): Promise<SpeechFound>;
}

/** What the extension tells a view about it. */
export interface ModelView {
  /** Share of the stretch that has been heard, 0 to 1. */
  inspectionAdvanced(request: number, share: number): void;
}

export interface TranscribedWord {
  text: string;
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence?: number;
}

export type Transcription =
  | { ok: true; text: string; words: TranscribedWord[]; model: string; textCase: TextCase }
  | ModelFailure;

export const maxPosteriorBytes = 262_144;

/** Names and places of posteriors; their values are pulled. */
export type PosteriorPlan = Omit<InspectedPosteriors, 'probabilities' | 'topUnits' | 'topProbabilities'>;

export interface Inspection extends Omit<InspectedStretch, 'posteriors' | 'source'> {
  /** Names it to `posteriors`. */
  id: number;
  /** Path of the model. */
  model: string;
  posteriors: PosteriorPlan | { reason: string };
}

export interface PosteriorPart {
  probabilities: ArrayBuffer; // uint8 [frames, rows]
  topUnits: ArrayBuffer; // uint16 [frames, topCount]
  topProbabilities: ArrayBuffer; // uint8 [frames, topCount]
}

export type InspectionAnswer = { ok: true; inspection: Inspection } | ModelFailure;

export interface ModelFailure {
  ok: false;
  message: string;
  actions: { action: HostAction; title: string }[];
}

export interface SpeechFound {
  segments: { startSec: number; endSec: number }[];
  /** Share of the clip that has been heard, 0 to 1. */
  done: number;
  /** Nothing more will come. */
  complete: boolean;
}

/** Bytes of one frame of posteriors. */
export const posteriorFrameBytes = ({ rows, topCount }: PosteriorPlan): number => rows + 3 * topCount;

export const modelHostChecks: ParameterChecks<ModelHost> = {
  transcribe: parameters(isInteger, isNumber, isNumber),
  cancelTranscription: parameters(isInteger),
  inspections: parameters(),
  inspect: parameters(isInteger, isNumber, isNumber, arrayOf(isReferenceText, 10_000)),
  cancelInspection: parameters(isInteger),
  posteriors: parameters(isInteger, isInteger, isInteger),
  speech: parameters(isInteger, isInteger),
};

export const modelViewChecks: ParameterChecks<ModelView> = {
  inspectionAdvanced: parameters(isInteger, isNumber),
};
