import type { ParameterChecks } from '../../../shared/protocol/channel.ts';
import {
  either,
  isBoolean,
  isBuffer,
  isInteger,
  isString,
  object,
  parameters,
} from '../../../shared/protocol/check.ts';
import type {
  ChannelChoice,
  Loudness,
  OpenedClip,
  SurveyProgress,
  Tile,
} from '../../../shared/protocol/spectrogram.ts';
import { spectrogramViewChecks } from '../../../shared/protocol/spectrogram.ts';
import { type ModelHost, modelHostChecks } from '../../../shared/protocol/spectrogramModel.ts';

/** What the extension may ask of the worker that reads one recording. */
export interface ClipWorker {
  /** Opens, or opens again after the file has changed. */
  open(place: ClipPlace, name: string): Promise<OpenedClip>;
  probe(channel: ChannelChoice): Promise<Loudness>;
  spectrogramTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  waveformTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  samples(channel: ChannelChoice, startSample: number, sampleCount: number): Promise<ArrayBuffer>;
  speech: ModelHost['speech'];
}

/** What the worker tells. */
export interface ClipOwner {
  surveyed(progress: SurveyProgress): void;
}

/** A local path, or the bytes of a document that is on no local disk. */
export type ClipPlace = { path: string } | { bytes: ArrayBuffer };

const isTileRequest = parameters(isInteger, isInteger, isInteger, isBoolean);

export const clipWorkerChecks: ParameterChecks<ClipWorker> = {
  open: parameters(either(object({ path: isString }), object({ bytes: isBuffer })), isString),
  probe: parameters(isInteger),
  spectrogramTile: isTileRequest,
  waveformTile: isTileRequest,
  samples: parameters(isInteger, isInteger, isInteger),
  speech: modelHostChecks.speech,
};

export const clipOwnerChecks: ParameterChecks<ClipOwner> = { surveyed: spectrogramViewChecks.surveyed };
