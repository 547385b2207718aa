import { createCarriedFrames } from './carriedFrames.ts';
import { createSegmentedFrames } from './segmentedFrames.ts';
import type { StreamModel } from './streamModel.ts';

/** Turns the samples of one stream into output frames. */
export interface FrameSource {
  /** Log-probabilities of the frames that these samples complete, [frames, vocabulary]. */
  push(samples: Float32Array): Promise<Float32Array>;
  /** Of the frames that are left at the end. */
  finish(): Promise<Float32Array>;
  /** The next frames are the first of an utterance: nothing before them reaches them. */
  restart(): void;
  /** How much audio after a frame is waited for. */
  readonly lookAheadSec: number;
}

/** `lookAheadMs` absent: as much as the model needs, or where it reads both ways, half a second. */
export function createFrameSource(model: StreamModel, lookAheadMs: number | undefined): FrameSource {
  return model.carried
    ? createCarriedFrames(model, model.carried, lookAheadMs)
    : createSegmentedFrames(model, lookAheadMs);
}
