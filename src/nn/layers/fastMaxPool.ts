import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  cast,
  concat,
  gemm,
  greaterOrEqual,
  max,
  maxPool,
  maxUnpool,
  mul,
  reshape,
  split,
  sub,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';

/**
 * Max-pool of x [batch, channels, frames, width] over whole windows. The runtime's takes ten times as long when it must
 * say where the maxima were, so where windows are pairs their places are found by comparing in the backward pass.
 */
export function fastMaxPool(x: Value, pool: readonly [number, number]): Value {
  const [batch, channels, frames, width] = staticShape(x, 'max-pool') as [number, number, number, number];
  const [overTime, overWidth] = pool;
  if (overTime === 1 && overWidth === 1) return x;
  if (overTime > 2 || overWidth > 2 || frames % overTime > 0 || width % overWidth > 0) {
    const { pooled, spread } = poolByIndices(x, pool);
    return customGradient({ outputs: [pooled], inputs: [x], gradient: ([grad]) => spread(grad!) })[0]!;
  }
  const neighbours = reshape(x, [batch, channels, frames / overTime, overTime * width]);
  const halves = overTime === 1 ? [x] : split(neighbours, [width, width], 3);
  const tallest = maximum(halves);
  const pairs = overWidth === 1 ? undefined : poolPairs(tallest);
  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const ofTallest = pairs ? pairs.spread(grad!) : grad!;
    const ofHalves = spreadMaximum(halves, ofTallest);
    return [overTime === 1 ? ofTallest : reshape(concat(ofHalves, 3), x.shape)];
  };
  return customGradient({ outputs: [pairs?.pooled ?? tallest], inputs: [x], gradient })[0]!;
}

export function poolByIndices(
  x: Value,
  kernel: readonly [number, number],
): { pooled: Value; spread(grad: Value): Value[] } {
  const [pooled, indices] = maxPool(x, { kernel }) as [Value, Value];
  return { pooled, spread: (grad) => [maxUnpool(grad, indices, staticShape(x, 'max-pool'), { kernel })] };
}

export const maximum = (values: readonly Value[]): Value => values.reduce((top, value) => max(top, value));

/** Gradients of tensors of one shape for a gradient of their elementwise maximum. */
export function spreadMaximum(values: readonly Value[], grad: Value): Value[] {
  const last = values.at(-1)!;
  if (values.length === 1) return [grad];
  const others = values.slice(0, -1);
  const kept = mul(grad, cast(greaterOrEqual(maximum(others), last), 'float32'));
  return [...spreadMaximum(others, kept), sub(grad, kept)];
}

/** Max-pool over pairs along the last axis. */
export function poolPairs(x: Value): { pooled: Value; spread(grad: Value): Value } {
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
