import type { Problem } from '../problem.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isBoolean, isInteger, isNumber, isString, object, oneOf, parameters } from './check.ts';
import {
  type AnnotationsHost,
  type AnnotationsView,
  annotationsHostChecks,
  annotationsViewChecks,
} from './spectrogramAnnotations.ts';
import { type AugmentHost, type AugmentView, augmentHostChecks, augmentViewChecks } from './spectrogramAugment.ts';
import { type DifferenceHost, differenceHostChecks } from './spectrogramDifference.ts';
import { type LinksHost, type LinksView, linksHostChecks, linksViewChecks } from './spectrogramLinks.ts';
import { type ModelHost, type ModelView, modelHostChecks, modelViewChecks } from './spectrogramModel.ts';
import { type OutHost, type OutView, outHostChecks, outViewChecks } from './spectrogramOut.ts';
import { type PictureHost, pictureHostChecks } from './spectrogramPicture.ts';
import type { ChannelChoice, Tile, TileGrid } from './spectrogramTiles.ts';

export { type ChannelChoice, mixedChannels, type Tile } from './spectrogramTiles.ts';

/** What the spectrogram view may ask of the extension. */
export interface SpectrogramHost
  extends AnnotationsHost,
    LinksHost,
    DifferenceHost,
    AugmentHost,
    ModelHost,
    OutHost,
    PictureHost {
  /** First call of a view: everything the header says, or why the file cannot be read. */
  open(): Promise<OpenedClip>;
  /** As `spectrogramTile`. */
  waveformTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  /** float32 samples for playing, at most `maxSamplesPerPull`; shorter at the end of the clip. */
  samples(channel: ChannelChoice, startSample: number, sampleCount: number): Promise<ArrayBuffer>;
  runAction(action: HostAction): void;
  copyText(text: string): void;
}

/** What the extension tells a view. */
export interface SpectrogramView extends AnnotationsView, LinksView, AugmentView, ModelView, OutView {
  /** More of the clip has been analysed; at most ten times a second, and once when all of it has been. */
  surveyed(progress: SurveyProgress): void;
  /** The file has changed on disk: open it again. */
  changed(): void;
  /** A command of the workbench was run on this view. */
  commanded(command: ViewCommand): void;
  /** A stretch is to be selected and brought into view. */
  stretchShown(startSec: number, endSec: number): void;
}

export const viewCommands = [
  'transcribeSelection',
  'togglePlayback',
  'zoomToFit',
  'zoomToSelection',
  'goToTime',
  'exportSelection',
  'exportPicture',
  'copyMeasurements',
] as const;
export type ViewCommand = (typeof viewCommands)[number];

/** What a view can ask the workbench to do for the user. */
export const hostActions = ['train', 'newExperiment', 'chooseModel', 'reopenBuiltIn', 'reopenText', 'showLog'] as const;
export type HostAction = (typeof hostActions)[number];

export interface ClipFacts {
  container: string;
  encoding: string;
  sampleRateHz: number;
  channels: number;
  /** Samples per channel. */
  samples: number;
  durationSec: number;
  sizeBytes: number;
}

export type OpenedClip =
  | { readable: false; name: string; sizeBytes: number; problems: Problem[] }
  | {
      readable: true;
      name: string;
      facts: ClipFacts;
      problems: Problem[];
      /** Units are samples of the file; a tile is float32 [columns, (lowest, highest, root mean square)]. */
      waveform: TileGrid;
    };

export interface SurveyProgress {
  /** Id of the picture that is being made. */
  picture: number;
  channel: ChannelChoice;
  /** Share of the clip analysed, 0 to 1. */
  done: number;
  /** Largest absolute sample so far, and the root mean square of all so far. */
  peak: number;
  rms: number;
  /** Oddities that only the samples show. */
  problems: Problem[];
}

const isChannel = isInteger;
const isProblem: Check<Problem> = (value): value is Problem =>
  object({ code: isString, severity: oneOf('error', 'warning', 'info'), message: isString })(value);

export const spectrogramHostChecks: ParameterChecks<SpectrogramHost> = {
  ...annotationsHostChecks,
  ...linksHostChecks,
  ...differenceHostChecks,
  ...augmentHostChecks,
  ...modelHostChecks,
  ...outHostChecks,
  ...pictureHostChecks,
  open: parameters(),
  waveformTile: parameters(isChannel, isInteger, isInteger, isBoolean),
  samples: parameters(isChannel, isInteger, isInteger),
  runAction: parameters(oneOf(...hostActions)),
  copyText: parameters(isString),
};

export const spectrogramViewChecks: ParameterChecks<SpectrogramView> = {
  ...annotationsViewChecks,
  ...linksViewChecks,
  ...augmentViewChecks,
  ...modelViewChecks,
  ...outViewChecks,
  surveyed: parameters(
    object({
      picture: isInteger,
      channel: isChannel,
      done: isNumber,
      peak: isNumber,
      rms: isNumber,
      problems: arrayOf(isProblem),
    }),
  ),
  changed: parameters(),
  commanded: parameters(oneOf(...viewCommands)),
  stretchShown: parameters(isNumber, isNumber),
};
