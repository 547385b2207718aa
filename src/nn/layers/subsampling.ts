import { customGradient } from '../../graph/customGradient.ts';
import { add, cast, conv, greater, mul, relu, reshape, slice, sub, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { frameMask, type TimeLevel } from './frameMasks.ts';
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
  const { convolutions } = tensors;
  let y: Value | Phases = x;
  for (const [index, { weight, bias }] of convolutions.entries()) {
    const level = halvedLevel(index + 1, context.sizes.frames);
    const isLast = index === convolutions.length - 1;
    if ('shape' in y && index === 0 && !isLast && dividesInPhases(y, 4)) {
      y = phasesOfFirst(context, level, y, weight, bias);
      continue;
    }
    const phases: Value | Phases = 'shape' in y && index > 0 && dividesInPhases(y, 2) ? phasesOf(y) : y;
    const halved = 'shape' in phases ? conv(phases, weight, bias, halving) : convolvePhases(phases, weight, bias);
    y = activate(halved, frameMask(context, level));
  }
  const [batch, channels, frames, bins] = staticShape(y as Value, 'subsampling') as [number, number, number, number];
  const rows = reshape(transpose(y as Value, [0, 2, 1, 3]), [batch * frames, channels * bins]);
  return linear(rows, tensors.weight, tensors.bias);
}

/** The frames and bins 2t + i, 2f + j of an image at [i][j], each [batch, channels, frames / 2, bins / 2]. */
type Phases = readonly (readonly Value[])[];

const dividesInPhases = (x: Value, step: number): boolean =>
  staticShape(x, 'subsampling')
    .slice(2)
    .every((size) => size % step === 0);

/**
 * With a stride the runtime's gradient of a convolution takes many times as long as its products. On the four phases of
 * an image it is four convolutions without stride, by the kernel's middle or its two outer taps along each axis; and
 * the first convolution, of one channel, gives its output in phases for nothing.
 */
function convolvePhases(phases: Phases, weight: Value, bias: Value): Value {
  const parts = phases.flatMap((row, i) =>
    row.map((phase, j) => {
      const taps = (axis: number, odd: number) => (odd ? { axis, step: 2 } : { axis, start: 1, end: 2 });
      const kernel = slice(weight, taps(2, i), taps(3, j));
      return conv(phase, kernel, i + j === 0 ? bias : undefined, { pads: [i, j, 0, 0] });
    }),
  );
  return parts.reduce((sum, part) => add(sum, part));
}

/** The first convolution's activations, from x [batch, 1, frames, bins]. */
function phasesOfFirst(context: StepContext, level: TimeLevel, x: Value, weight: Value, bias: Value): Phases {
  return [0, 1].map((i) => {
    const mask = frameMask(context, level, { offset: i, step: 2 });
    return [0, 1].map((j) => {
      // An odd output's window begins one place after the input does, an even one's one place before.
      const odd = [...(i === 1 ? [{ axis: 2, start: 1 }] : []), ...(j === 1 ? [{ axis: 3, start: 1 }] : [])];
      const seen = odd.length > 0 ? slice(x, ...odd) : x;
      return activate(conv(seen, weight, bias, { strides: [4, 4], pads: [1 - i, 1 - j, 0, 0] }), mask);
    });
  });
}

/** The same by copying: every axis of even size becomes pairs, which go to the front. */
function phasesOf(x: Value): Phases {
  const [batch, channels, frames, bins] = staticShape(x, 'subsampling') as [number, number, number, number];
  const pairs = reshape(x, [batch, channels, frames / 2, 2, bins / 2, 2]);
  const apart = transpose(pairs, [3, 5, 0, 1, 2, 4]);
  return [0, 1].map((i) => {
    const row = slice(apart, { axis: 0, start: i, end: i + 1 });
    return [0, 1].map((j) =>
      reshape(slice(row, { axis: 1, start: j, end: j + 1 }), [batch, channels, frames / 2, bins / 2]),
    );
  });
}

/** relu(x), and 0 where the mask [batch, 1, frames, 1] is. */
function activate(x: Value, mask: Value): Value {
  const output = relu(add(x, mul(sub(mask, 1), 1e30)));
  const gradient = ([grad]: readonly (Value | undefined)[]) => [mul(grad!, cast(greater(output, 0), grad!.dtype))];
  return customGradient({ outputs: [output], inputs: [x], gradient })[0]!;
}
