import { createCarriedFrames } from './carriedFrames.ts';
import { createSegmentedFrames } from './segmentedFrames.ts';
import type { StreamModel } from './streamModel.ts';

/** Turns the samples of one stream into output frames. */
export interface FrameSource {
  push(samples: Float32Array): Promise<HeardFrames>;
  /** What is left at the end; nothing is ahead of it. */
  finish(): Promise<HeardFrames>;
  /** The next frames are the first of an utterance: nothing before them reaches them. */
  restart(): void;
  /** How much audio after a frame is waited for. */
  readonly lookAheadSec: number;
}

/** Log-probabilities, [frames, vocabulary]. */
export interface HeardFrames {
  /** Of the frames that the samples complete. */
  settled: Float32Array;
  /** Of those behind them that were heard, but not yet all that follows them: the next call says them anew. */
  ahead: Float32Array;
}

/** `lookAheadMs` absent: as much as the model needs, or where it reads both ways, half a second. */
export function createFrameSource(model: StreamModel, lookAheadMs: number | undefined): FrameSource {
  return model.carried
    ? createCarriedFrames(model, model.carried, lookAheadMs)
    : createSegmentedFrames(model, lookAheadMs);
}
