import { customGradient } from '../../graph/customGradient.ts';
import { concat, conv, max, reshape, unsqueeze } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { convolutionGradient, convolve } from './convolution.ts';
import { maximum, poolByIndices, poolPairs, spreadMaximum } from './fastMaxPool.ts';

/** A 3×3 convolution and the max-pool after it, open in between so that a norm can look at what is pooled. */
export interface PooledConvolution {
  /** The convolution's output in pieces that together hold every element once. */
  phases: Phase[];
  /** [batch, channels, ⌊frames / pool⌋, ⌊width / pool⌋] */
  pooled: Value;
  /** The phases once more for the backward pass, computed again where that costs less than keeping them. */
  recall(): Value[];
  /** Gradient of each phase for a gradient of `pooled`: each window's goes to the first of its maxima. */
  spread(grad: Value): Value[];
}

/** Frames `offset`, `offset + step`, … of the convolution's output, [batch, channels, frames / step, width or less]. */
export interface Phase {
  value: Value;
  offset: number;
  step: number;
}

/**
 * Most of a step's time that is not matrix products would go to the places of the maxima (see `fastMaxPool`). So the
 * places of a window are computed apart where that is free: as convolutions with a stride, one for each place, whose
 * maximum and comparisons are elementwise. Along the width that is free for few input channels only; else neighbours
 * are compared in the backward pass.
 */
export function pooledConvolution(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  pool: readonly [number, number],
): PooledConvolution {
  const [, channels, frames, width] = staticShape(x, 'pooledConvolution') as [number, number, number, number];
  const [overTime, overWidth] = pool;
  if (overTime > 2 || overWidth > 2 || frames % overTime > 0 || width % overWidth > 0) {
    const value = convolve(x, weight, bias);
    return { phases: [{ value, offset: 0, step: 1 }], recall: () => [value], ...poolByIndices(value, pool) };
  }
  const few = channels <= fewChannels;
  const window = [overTime, few ? overWidth : 1] as const;
  const phases = convolveInPhases(x, weight, bias, window);
  const values = phases.map(({ value }) => value);
  // The first block has the largest tensors of all and the cheapest products. The maximum of the filters with
  // themselves, which no optimizer sees through, keeps the second time from being merged with the first.
  const again = () => convolveInPhases(x, max(weight, weight), bias, window).map(({ value }) => value);
  const recall = once(few ? again : () => values);
  const tallest = maximum(values);
  const spread = (grad: Value) => spreadMaximum(recall(), grad);
  if (window[1] === overWidth) return { phases, pooled: tallest, recall, spread };
  const pairs = poolPairs(tallest);
  return { phases, pooled: pairs.pooled, recall, spread: (grad) => spread(pairs.spread(grad)) };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Up to here im2col with a stride costs nothing worth counting. */
const fewChannels = 4;

/** One strided convolution per place of a window; few input channels need no gradient of the input made whole. */
function convolveInPhases(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  [overTime, overWidth]: readonly [number, number],
): Phase[] {
  const phases: Phase[] = [];
  for (let t = 0; t < overTime; t++) {
    for (let f = 0; f < overWidth; f++) {
      const pads = [1 - t, 1 - f, overTime === 1 ? 1 : t, overWidth === 1 ? 1 : f];
      const value = conv(x, weight, bias, { strides: [overTime, overWidth], pads });
      phases.push({ value, offset: t, step: overTime });
    }
  }
  if (phases.length === 1) return [{ value: convolve(x, weight, bias), offset: 0, step: 1 }];
  if (overWidth > 1) return phases;
  // The phases of time interleave to the whole output, whose gradient at stride 1 is fast.
  const gradient = (grads: readonly (Value | undefined)[]) => {
    const rows = concat(
      grads.map((grad) => unsqueeze(grad!, [3])),
      3,
    ); // [batch, channels, frames / 2, 2, width]
    const [batch, filters] = staticShape(phases[0]!.value, 'the gradient of a convolution') as [number, number];
    return convolutionGradient(x, weight, reshape(rows, [batch, filters, x.shape[2]!, x.shape[3]!]));
  };
  const values = customGradient({ outputs: phases.map(({ value }) => value), inputs: [x, weight], gradient });
  return phases.map((phase, i) => ({ ...phase, value: values[i]! }));
}
