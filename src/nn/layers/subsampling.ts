import { add, conv, relu, reshape, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { paddingOffset, type TimeLevel } from './frameMasks.ts';
import { linear } from './linear.ts';
import type { StepContext } from './stepContext.ts';

export interface SubsamplingTensors {
  /** Each [outputs, inputs, 3, 3] and [outputs]. */
  convolutions: { weight: Value; bias: Value }[];
  /** [channels·bins left, width] and [width]. */
  weight: Value;
  bias: Value;
}

/** Every other frame and bin: output t sees frames 2t − 1 to 2t + 1. */
export const halving = { strides: [2, 2], pads: [1, 1, 1, 1] };

/** Bins after so many halvings: an odd count keeps its last. */
export const halvedBins = (bins: number, times: number): number =>
  Array.from({ length: times }).reduce<number>((left) => Math.ceil(left / 2), bins);

/** Time after so many halvings: an utterance keeps whole pairs of frames, a tensor its last odd one too. */
export function halvedLevel(times: number, frames: number): TimeLevel {
  return {
    name: `${times}`,
    frames: halvedBins(frames, times),
    outputFrames: (count) => Math.floor(count / 2 ** times),
  };
}

/**
 * Convolutions of 3×3 with stride 2 and ReLU, then a linear layer over channels and bins: x [batch, 1, frames, bins],
 * 0 on padding → [batch·output frames, width], whose padding holds the bias.
 */
export function subsampling(context: StepContext, x: Value, tensors: SubsamplingTensors): Value {
  let y = x;
  for (const [index, { weight, bias }] of tensors.convolutions.entries()) {
    const level = halvedLevel(index + 1, context.sizes.frames);
    y = relu(add(conv(y, weight, bias, halving), paddingOffset(context, level)));
  }
  const [batch, channels, frames, bins] = staticShape(y, 'subsampling') as [number, number, number, number];
  const rows = reshape(transpose(y, [0, 2, 1, 3]), [batch * frames, channels * bins]);
  return linear(rows, tensors.weight, tensors.bias);
}
