import type { AugmentAnswer, AugmentPreview, AugmentSide } from '../../../src/shared/protocol/spectrogramAugment.ts';

/** A preview with the colours' places of its features, uint8 [frames, bins]. */
export interface LoadedPreview {
  preview: AugmentPreview;
  cells: Record<AugmentSide, Uint8Array>;
}

export type AugmentLoad =
  | { kind: 'nothing' }
  /** `share` of the training set has been measured; what is still shown is `before`. */
  | { kind: 'loading'; share?: number; before?: LoadedPreview }
  | { kind: 'failed'; answer: Extract<AugmentAnswer, { ok: false }> }
  | { kind: 'loaded'; loaded: LoadedPreview };

/** What of comparisons changes while a view is open and is not kept. */
export interface CompareLive {
  /** What is heard in the view that this one is linked with. */
  linkedPlaySec: number | undefined;
  augmentLoad: AugmentLoad;
  augmentPlaying: boolean;
  /** What is heard of the preview, in seconds of the recording. */
  augmentPlaySec: number | undefined;
}

export const initialCompareLive: CompareLive = {
  linkedPlaySec: undefined,
  augmentLoad: { kind: 'nothing' },
  augmentPlaying: false,
  augmentPlaySec: undefined,
};
