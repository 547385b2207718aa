import type { AudioFigures } from '../audioFigures.ts';
import type { HeaderChunk } from '../headerChunk.ts';
import type { ParameterChecks } from './channel.ts';
import { type Check, isBuffer, isInteger, isNumber, isString, object, oneOf, parameters } from './check.ts';

/** What a view may ask to take out of its recording. Failures of saving are shown by the extension. */
export interface OutHost {
  /** Figures of every sample of a stretch; undefined when it was cancelled. `measured` tells how far it is. */
  measure(request: number, startSec: number, endSec: number): Promise<AudioFigures | undefined>;
  cancelMeasuring(request: number): void;
  /** Everything the container holds, also of a file that cannot be decoded. */
  headerChunks(): Promise<HeaderChunk[]>;
  /** Lets the user choose a file and writes the stretch into it, or its features as in a picture; undefined when it was left or failed. */
  saveStretch(form: StretchForm, startSec: number, endSec: number, picture: number): Promise<string | undefined>;
  /** Lets the user choose a file for a picture; its ending decides the form. */
  beginPicture(form: PictureForm, startSec: number, endSec: number): Promise<BegunPicture | undefined>;
  /** The next bytes of the picture, at most `pictureChunkBytes`. */
  addToPicture(picture: number, bytes: ArrayBuffer): Promise<void>;
  /** Writes the file; undefined when that failed. */
  endPicture(picture: number): Promise<string | undefined>;
}

/** What a view is told of work it asked for. */
export interface OutView {
  /** Share done, 0 to 1. */
  measured(request: number, done: number): void;
}

/** A WAV file of the recording's own samples, or the features of a picture, made as training makes them of the stretch. */
export const stretchForms = ['wav', 'npy'] as const;
export type StretchForm = (typeof stretchForms)[number];

export const pictureForms = ['png', 'svg'] as const;
export type PictureForm = (typeof pictureForms)[number];

export interface BegunPicture {
  picture: number;
  form: PictureForm;
}

export const pictureChunkBytes = 256 * 1024;
/** A picture of 8 million pixels has a tenth of it. */
export const largestPictureBytes = 128 * 1024 * 1024;

const isChunk: Check<ArrayBuffer> = (value): value is ArrayBuffer =>
  isBuffer(value) && value.byteLength <= pictureChunkBytes;

export const outHostChecks: ParameterChecks<OutHost> = {
  measure: parameters(isInteger, isNumber, isNumber),
  cancelMeasuring: parameters(isInteger),
  headerChunks: parameters(),
  saveStretch: parameters(oneOf(...stretchForms), isNumber, isNumber, isInteger),
  beginPicture: parameters(oneOf(...pictureForms), isNumber, isNumber),
  addToPicture: parameters(isInteger, isChunk),
  endPicture: parameters(isInteger),
};

export const outViewChecks: ParameterChecks<OutView> = { measured: parameters(isInteger, isNumber) };

/** What the worker beside a recording does of it; `work` is a number of the caller's. */
export interface OutWorker {
  measureStretch(work: number, startSec: number, endSec: number): Promise<AudioFigures | undefined>;
  headerChunks(): Promise<HeaderChunk[]>;
  /** Writes a file whole or not at all; false when it was cancelled. */
  writeStretch(work: number, plan: StretchPlan, path: string): Promise<boolean>;
  cancelWork(work: number): void;
  /** The features of a picture in one word for the name of a file: `logMel80`. */
  featureName(picture: number): Promise<string>;
}

export interface StretchPlan {
  form: StretchForm;
  startSec: number;
  endSec: number;
  /** Whose features are written. */
  picture: number;
}

const isPlan: Check<StretchPlan> = object({
  form: oneOf(...stretchForms),
  startSec: isNumber,
  endSec: isNumber,
  picture: isInteger,
});

export const outWorkerChecks: ParameterChecks<OutWorker> = {
  measureStretch: parameters(isInteger, isNumber, isNumber),
  headerChunks: parameters(),
  writeStretch: parameters(isInteger, isPlan, isString),
  cancelWork: parameters(isInteger),
  featureName: parameters(isInteger),
};

/** How far the worker is. */
export interface OutOwner {
  worked(work: number, done: number): void;
}

export const outOwnerChecks: ParameterChecks<OutOwner> = { worked: parameters(isInteger, isNumber) };
