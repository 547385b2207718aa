import type { Problem } from '../problem.ts';
import type { ParameterChecks } from './channel.ts';
import {
  type Check,
  either,
  isBoolean,
  isInteger,
  isNumber,
  isString,
  object,
  oneOf,
  optional,
  parameters,
} from './check.ts';
import type { ChannelChoice, Tile, TileGrid } from './spectrogramTiles.ts';

/** What a view asks about pictures: one channel seen with one choice of features; several may be open at once. */
export interface PictureHost {
  /** Reads a sample of the clip and says which levels a good picture shows. The same picture has the same id again. */
  openPicture(channel: ChannelChoice, settings: PictureSettings): Promise<OpenedPicture>;
  /**
   * `whole` waits until every sample of the tile has been read; without it, the best picture there is at once.
   * Asking for a whole tile also brings its part of the clip to the front of the analysis.
   */
  spectrogramTile(picture: number, level: number, index: number, whole: boolean): Promise<Tile>;
  /** Configs of the workspace whose features a picture can have, the recording's own first. */
  pictureConfigs(): Promise<PictureConfig[]>;
}

export interface PictureConfig {
  /** As `TrainingPicture` names it: its path in the workspace. */
  config: string;
  /** Name of the experiment. */
  name: string;
  /** It is the one taken where none is chosen. */
  own: boolean;
}

export type PictureSettings = TrainingPicture | FreePicture;

/** What a model sees: the features of a config; without one, of the recording's folder, or the defaults. */
export interface TrainingPicture {
  kind: 'training';
  config?: string;
}

/** Features of the user's choice, computed at the file's own rate. */
export interface FreePicture {
  kind: 'free';
  scale: 'mel' | 'linear' | 'bark';
  fftSize: number;
  windowMs: number;
  window: WindowKind;
  hopMs: number;
  /** Of mel and bark; linear has the bins of the FFT. */
  bands: number;
  lowHz: number;
  /** `null` is half the sample rate. */
  highHz: number | null;
  /** Levels below this are shown as this. */
  floorDb: number;
}

export const windowKinds = ['hann', 'hamming', 'blackman', 'blackmanHarris', 'rectangular'] as const;
export type WindowKind = (typeof windowKinds)[number];

/** How rows lie on the frequency axis: evenly on one of these scales. */
export const frequencyScales = ['slaney', 'htk', 'bark', 'linear'] as const;
export type FrequencyScale = (typeof frequencyScales)[number];

export interface OpenedPicture {
  /** Names it in `spectrogramTile`, until the recording is opened again. */
  id: number;
  channel: ChannelChoice;
  features: FeatureScale;
  /** Units are frames; a tile is uint8 [columns, bins] on the scale of `Loudness`. */
  grid: TileGrid;
  loudness: Loudness;
  /** The config whose features these are; none for free ones and for defaults. */
  config?: { config: string; name: string };
  /** Why it has other features than were asked for. */
  problem?: Problem;
}

export interface FeatureScale {
  /** Rate that frames are counted in. */
  sampleRateHz: number;
  hopSamples: number;
  windowSamples: number;
  fftSize: number;
  /** Rows, low to high. */
  bins: number;
  scale: FrequencyScale;
  /** Outer edges of the lowest and highest band; for linear rows, their centres. */
  lowHz: number;
  highHz: number;
}

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

const isFree: Check<FreePicture> = object<FreePicture>({
  kind: oneOf('free'),
  scale: oneOf('mel', 'linear', 'bark'),
  fftSize: isInteger,
  windowMs: isNumber,
  window: oneOf(...windowKinds),
  hopMs: isNumber,
  bands: isInteger,
  lowHz: isNumber,
  highHz: either(isNumber, oneOf(null)),
  floorDb: isNumber,
}) as Check<FreePicture>;

export const isPictureSettings: Check<PictureSettings> = either<TrainingPicture, FreePicture>(
  object<TrainingPicture>({ kind: oneOf('training'), config: optional(isString) }),
  isFree,
);

export const pictureHostChecks: ParameterChecks<PictureHost> = {
  openPicture: parameters(isInteger, isPictureSettings),
  spectrogramTile: parameters(isInteger, isInteger, isInteger, isBoolean),
  pictureConfigs: parameters(),
};
