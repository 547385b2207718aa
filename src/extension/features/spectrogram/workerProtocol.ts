import type { FeatureSpec } from '../../../shared/config/schema.ts';
import type { ParameterChecks } from '../../../shared/protocol/channel.ts';
import {
  type Check,
  either,
  isBoolean,
  isBuffer,
  isInteger,
  isString,
  object,
  parameters,
} from '../../../shared/protocol/check.ts';
import type { ChannelChoice, OpenedClip, SurveyProgress, Tile } from '../../../shared/protocol/spectrogram.ts';
import { spectrogramViewChecks } from '../../../shared/protocol/spectrogram.ts';
import type { RecordingDifference } from '../../../shared/protocol/spectrogramDifference.ts';
import { type ModelHost, modelHostChecks } from '../../../shared/protocol/spectrogramModel.ts';
import {
  type OutOwner,
  type OutWorker,
  outOwnerChecks,
  outWorkerChecks,
} from '../../../shared/protocol/spectrogramOut.ts';
import {
  type FreePicture,
  isPictureSettings,
  type OpenedPicture,
} from '../../../shared/protocol/spectrogramPicture.ts';

/** What the extension may ask of the worker that reads one recording. */
export interface ClipWorker extends OutWorker {
  /** Opens, or opens again after the file has changed: then ids of pictures begin anew. */
  open(place: ClipPlace, name: string): Promise<OpenedClip>;
  openPicture(channel: ChannelChoice, request: PictureRequest): Promise<OpenedPicture>;
  preparePicture(channel: ChannelChoice, request: PictureRequest): Promise<void>;
  spectrogramTile(picture: number, level: number, index: number, whole: boolean): Promise<Tile>;
  waveformTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  samples(channel: ChannelChoice, startSample: number, sampleCount: number): Promise<ArrayBuffer>;
  speech: ModelHost['speech'];
  /** How the open recording differs from another. */
  difference(other: ClipPlace): Promise<Pick<RecordingDifference, 'before' | 'now' | 'samples'>>;
}

/** Settings of a picture, its config read. */
export type PictureRequest = { kind: 'training'; features: FeatureSpec } | FreePicture;

/** What the worker tells. */
export interface ClipOwner extends OutOwner {
  surveyed(progress: SurveyProgress): void;
}

/** A local path, or the bytes of a document that is on no local disk. */
export type ClipPlace = { path: string } | { bytes: ArrayBuffer };

const isRecord = object({});
const isPictureRequest: Check<PictureRequest> = (value): value is PictureRequest =>
  isPictureSettings(value) && (value.kind === 'free' || ('features' in value && isRecord(value.features)));
const isTileRequest = parameters(isInteger, isInteger, isInteger, isBoolean);

const isPlace: Check<ClipPlace> = either(object({ path: isString }), object({ bytes: isBuffer }));

export const clipWorkerChecks: ParameterChecks<ClipWorker> = {
  ...outWorkerChecks,
  open: parameters(isPlace, isString),
  openPicture: parameters(isInteger, isPictureRequest),
  preparePicture: parameters(isInteger, isPictureRequest),
  spectrogramTile: isTileRequest,
  waveformTile: isTileRequest,
  samples: parameters(isInteger, isInteger, isInteger),
  speech: modelHostChecks.speech,
  difference: parameters(isPlace),
};

export const clipOwnerChecks: ParameterChecks<ClipOwner> = {
  ...outOwnerChecks,
  surveyed: spectrogramViewChecks.surveyed,
};
