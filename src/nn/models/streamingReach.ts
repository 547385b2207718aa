import { timeStride } from '../../shared/config/derived.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';

/** What an output frame of a model that streams depends on, in feature frames. */
export interface StreamingReach {
  /** Feature frames of one output frame. */
  stride: number;
  /** Before its own first one: of the convolutions; the recurrent state carries the rest. A whole number of strides. */
  leftFrames: number;
  /** After its own last one. Output is final so much later than it is said. */
  rightFrames: number;
}

/** Undefined for a model whose every output depends on the whole utterance: two directions, or attention over it. */
export function streamingReach(config: ModelConfig): StreamingReach | undefined {
  if (config.type !== 'crnn' || config.rnn.bidirectional) return undefined;
  const stride = timeStride(config);
  let first = 0;
  let last = 0;
  for (const { pool } of [...config.blocks].reverse()) {
    // Each 3×3 convolution sees one frame more on either side, at its own frame rate.
    first = first * pool[0] - config.convolutionsPerBlock;
    last = last * pool[0] + pool[0] - 1 + config.convolutionsPerBlock;
  }
  return { stride, leftFrames: Math.ceil(-first / stride) * stride, rightFrames: last - (stride - 1) };
}
