import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  cast,
  concat,
  conv,
  gemm,
  greaterOrEqual,
  max,
  maxPool,
  maxUnpool,
  mul,
  reshape,
  sub,
  unsqueeze,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { convolutionGradient, convolve } from './convolution.ts';

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
 * The runtime's max-pool takes ten times as long when it must say where the maxima were, and most of a step's time that
 * is not matrix products goes there. So the places of a window are computed apart where that is free: as convolutions
 * with a stride, one for each place, whose maximum and comparisons are elementwise. Along the width that is free for few
 * input channels only; else neighbours are compared in the backward pass.
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

function poolByIndices(x: Value, kernel: readonly [number, number]): Pick<PooledConvolution, 'pooled' | 'spread'> {
  const [pooled, indices] = maxPool(x, { kernel }) as [Value, Value];
  return { pooled, spread: (grad) => [maxUnpool(grad, indices, staticShape(x, 'max-pool'), { kernel })] };
}

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

const maximum = (values: readonly Value[]): Value => values.reduce((top, value) => max(top, value));

/** Gradients of tensors of one shape for a gradient of their elementwise maximum. */
function spreadMaximum(values: readonly Value[], grad: Value): Value[] {
  const last = values.at(-1)!;
  if (values.length === 1) return [grad];
  const others = values.slice(0, -1);
  const kept = mul(grad, cast(greaterOrEqual(maximum(others), last), 'float32'));
  return [...spreadMaximum(others, kept), sub(grad, kept)];
}

/** Max-pool over pairs along the last axis. */
function poolPairs(x: Value): { pooled: Value; spread(grad: Value): Value } {
  const pooled = maxPool(x, { kernel: [1, 2] })[0]!;
  const spread = (grad: Value) => {
    const first = cast(greaterOrEqual(pairDifferences(x), 0), 'float32');
    const share = reshape(grad, first.shape);
    const toFirst = mul(share, first);
    // The second gets the rest: share − toFirst, written as two products that also interleave.
    const [, half] = staticShape(first, 'max-pool') as [number, number];
    const rest = gemm(share, pairSelector(x, half, [0, 1]));
    return reshape(add(gemm(toFirst, pairSelector(x, half, [1, -1])), rest), x.shape);
  };
  return { pooled, spread };
}

/** [half, 2·half]: puts a vector's elements in both places of their pairs, with a factor for each place. */
function pairSelector({ graph }: Value, half: number, [first, second]: readonly [number, number]): Value {
  const selector = new Float32Array(half * 2 * half);
  for (let pair = 0; pair < half; pair++) {
    selector[pair * 2 * half + 2 * pair] = first;
    selector[pair * 2 * half + 2 * pair + 1] = second;
  }
  return graph.constant(selector, [half, 2 * half]);
}

/**
 * First minus second of each pair of neighbours, as a product with a constant: many times faster than slicing every
 * other element, and exact in sign, since all other terms are 0.
 */
function pairDifferences(x: Value): Value {
  const count = staticShape(x, 'max-pool').reduce((product, dim) => product * dim, 1);
  const chunk = [16, 8, 4, 2].find((size) => count % size === 0)!;
  const half = chunk / 2;
  const selector = new Float32Array(chunk * half);
  for (let pair = 0; pair < half; pair++) {
    selector[2 * pair * half + pair] = 1;
    selector[(2 * pair + 1) * half + pair] = -1;
  }
  return gemm(reshape(x, [-1, chunk]), x.graph.constant(selector, [chunk, half]));
}
