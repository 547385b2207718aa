import type { ParameterChecks } from './channel.ts';
import { type Check, isInteger, isNumber, object, oneOf, parameters } from './check.ts';

/** What a view asks about the augmentation of its clip. */
export interface AugmentHost {
  /** The clip as training has it in an epoch, from the experiment that trains on it, or the nearest one. */
  augment(request: AugmentRequest): Promise<AugmentAnswer>;
  /** float32 [frames, bins] of the features from a frame on, at most `maxSamplesPerPull` values; of preview `id`. */
  augmentedCells(id: number, side: AugmentSide, firstFrame: number, frames: number): Promise<ArrayBuffer>;
  /** float32 samples of what is heard, at most `maxSamplesPerPull`. */
  augmentedSamples(id: number, side: AugmentSide, startSample: number, samples: number): Promise<ArrayBuffer>;
}

export interface AugmentView {
  /** The training set is measured for its global normalisation; share of it, 0 to 1. */
  augmentProgress(share: number): void;
}

export interface AugmentRequest {
  /** From 1, as runs count them. */
  epoch: number;
  /** Which utterance of a recording with several: the one that is said then. */
  atSec: number;
  /** What stands for an utterance where the experiment has none there. */
  startSec: number;
  endSec: number;
}

/** What a model is given in the epoch, or without augmentation. */
export const augmentSides = ['augmented', 'plain'] as const;
export type AugmentSide = (typeof augmentSides)[number];

export interface AugmentPreview {
  id: number;
  epoch: number;
  seed: number;
  /** The experiment's file. */
  config: string;
  /** The line of the manifest that is trained on; without it, the experiment does not train on this stretch. */
  utterance?: { manifest: string; line: number };
  /** Where it lies in the recording. */
  startSec: number;
  endSec: number;
  /** How much faster it is heard: frame f shows what the recording has at startSec + f × frameSec × speed. */
  speed: number;
  frameSec: number;
  sampleRateHz: number;
  bins: number;
  /** Frames and samples of each side. */
  sides: Record<AugmentSide, { frames: number; samples: number }>;
  /** Feature values that the first and the last colour stand for. */
  lowValue: number;
  highValue: number;
  /** What was drawn and does something, in the order in which it is done. */
  applied: AppliedStep[];
  /** The experiment augments nothing. */
  idle: boolean;
  /** What is not as in training, and why. */
  notes: string[];
}

/** Times are the recording's. */
export type AppliedStep =
  | { kind: 'speed'; factor: number }
  | { kind: 'noise'; snrDb: number; name?: string }
  | { kind: 'gain'; gainDb: number }
  | { kind: 'warp'; fromSec: number; toSec: number }
  | { kind: 'timeMask'; startSec: number; endSec: number }
  | { kind: 'bandMask'; firstBin: number; endBin: number; lowHz?: number; highHz?: number };

export type AugmentAnswer =
  | { ok: true; preview: AugmentPreview }
  | { ok: false; message: string; action?: 'newExperiment' | 'showLog' };

const isSide: Check<AugmentSide> = oneOf(...augmentSides);
const isEpoch: Check<number> = (value): value is number => isInteger(value) && value >= 1;

/** What a view keeps of what it shows. */
export interface KeptAugment {
  epoch: number;
  side: AugmentSide;
}

export const isKeptAugment: Check<KeptAugment> = (value): value is KeptAugment =>
  object({ epoch: isEpoch, side: isSide })(value);

export const augmentHostChecks: ParameterChecks<AugmentHost> = {
  augment: parameters(object({ epoch: isEpoch, atSec: isNumber, startSec: isNumber, endSec: isNumber })),
  augmentedCells: parameters(isInteger, isSide, isInteger, isInteger),
  augmentedSamples: parameters(isInteger, isSide, isInteger, isInteger),
};

export const augmentViewChecks: ParameterChecks<AugmentView> = { augmentProgress: parameters(isNumber) };
