import type { Problem } from '../problem.ts';
import type { ParameterChecks } from './channel.ts';
import { arrayOf, type Check, isBoolean, isInteger, isNumber, isString, object, oneOf, parameters } from './check.ts';
import {
  type AnnotationsHost,
  type AnnotationsView,
  annotationsHostChecks,
  annotationsViewChecks,
} from './spectrogramAnnotations.ts';
import { type LinksHost, type LinksView, linksHostChecks, linksViewChecks } from './spectrogramLinks.ts';
import { type ModelHost, type ModelView, modelHostChecks, modelViewChecks } from './spectrogramModel.ts';
import type { TileGrid } from './spectrogramTiles.ts';

/** What the spectrogram view may ask of the extension. */
export interface SpectrogramHost extends AnnotationsHost, LinksHost, ModelHost {
  /** First call of a view: everything the header says, or why the file cannot be read. */
  open(): Promise<OpenedClip>;
  /** Reads a sample of the clip and says which levels a good picture shows. */
  probe(channel: ChannelChoice): Promise<Loudness>;
  /**
   * `whole` waits until every sample of the tile has been read; without it, the best picture there is at once.
   * Asking for a whole tile also brings its part of the clip to the front of the analysis.
   */
  spectrogramTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  waveformTile(channel: ChannelChoice, level: number, index: number, whole: boolean): Promise<Tile>;
  /** float32 samples for playing, at most `maxSamplesPerPull`; shorter at the end of the clip. */
  samples(channel: ChannelChoice, startSample: number, sampleCount: number): Promise<ArrayBuffer>;
  runAction(action: HostAction): void;
  copyText(text: string): void;
}

/** What the extension tells a view. */
export interface SpectrogramView extends AnnotationsView, LinksView, ModelView {
  /** More of the clip has been analysed; at most ten times a second, and once when all of it has been. */
  surveyed(progress: SurveyProgress): void;
  /** The file has changed on disk: open it again. */
  changed(): void;
  /** A command of the workbench was run on this view. */
  commanded(command: ViewCommand): void;
  /** A stretch is to be selected and brought into view. */
  stretchShown(startSec: number, endSec: number): void;
}

/** One channel counted from 0, or −1 for the mean of all, which is what a model hears. */
export type ChannelChoice = number;
export const mixedChannels: ChannelChoice = -1;

export const viewCommands = ['transcribeSelection', 'togglePlayback', 'zoomToFit', 'zoomToSelection'] as const;
export type ViewCommand = (typeof viewCommands)[number];

/** What a view can ask the workbench to do for the user. */
export const hostActions = ['train', 'chooseModel', 'reopenBuiltIn', 'reopenText', 'showLog'] as const;
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

export interface FeatureScale {
  sampleRateHz: number;
  hopSamples: number;
  /** Mel bands, low to high. */
  bins: number;
  melScale: 'slaney' | 'htk';
  lowHz: number;
  highHz: number;
}

export type OpenedClip =
  | { readable: false; name: string; sizeBytes: number; problems: Problem[] }
  | {
      readable: true;
      name: string;
      facts: ClipFacts;
      problems: Problem[];
      features: FeatureScale;
      /** Units are feature frames; a tile is uint8 [columns, bins] on the scale of `Loudness`. */
      spectrogram: TileGrid;
      /** Units are samples of the file; a tile is float32 [columns, (lowest, highest, root mean square)]. */
      waveform: TileGrid;
    };

export interface Loudness {
  /** A cell of value v is minDb + v × stepDb. */
  minDb: number;
  stepDb: number;
  /** The range of levels that shows this clip well. */
  lowDb: number;
  highDb: number;
  /** Largest absolute sample seen. */
  peak: number;
}

export interface Tile {
  data: ArrayBuffer;
  /** False while parts of it stand in for samples that have not been read yet. */
  complete: boolean;
}

export interface SurveyProgress {
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
  ...modelHostChecks,
  open: parameters(),
  probe: parameters(isChannel),
  spectrogramTile: parameters(isChannel, isInteger, isInteger, isBoolean),
  waveformTile: parameters(isChannel, isInteger, isInteger, isBoolean),
  samples: parameters(isChannel, isInteger, isInteger),
  runAction: parameters(oneOf(...hostActions)),
  copyText: parameters(isString),
};

export const spectrogramViewChecks: ParameterChecks<SpectrogramView> = {
  ...annotationsViewChecks,
  ...linksViewChecks,
  ...modelViewChecks,
  surveyed: parameters(
    object({ channel: isChannel, done: isNumber, peak: isNumber, rms: isNumber, problems: arrayOf(isProblem) }),
  ),
  changed: parameters(),
  commanded: parameters(oneOf(...viewCommands)),
  stretchShown: parameters(isNumber, isNumber),
};
