import { customGradient } from '../../graph/customGradient.ts';
import { add, div, mul, reciprocal, reduceSum, reduceSumSquare, reshape, sqrt, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** nn.BatchNorm2d's and nn.LayerNorm's default. */
export const normEpsilon = 1e-5;

/**
 * Each frame over its channels and frequencies (biased variance), gain and bias per channel: x [batch, channels, frames,
 * width]. Sums run along the width first, where memory is contiguous, and then over what is small; so does the backward.
 */
export function layerNorm(x: Value, { weight, bias }: { weight: Value; bias: Value }): Value {
  const [, channels, , width] = x.shape as readonly [unknown, number, unknown, number];
  const count = channels * width;
  const perChannel = (vector: Value) => reshape(vector, [1, -1, 1, 1]);
  const overChannels = (perRow: Value) => reduceSum(perRow, [1], { keepDims: true }); // [batch, 1, frames, 1]
  const perRow = (value: Value) => reduceSum(value, [3], { keepDims: true }); // [batch, channels, frames, 1]
  const centred = sub(x, div(overChannels(perRow(x)), count));
  const variance = div(overChannels(reduceSumSquare(centred, [3], { keepDims: true })), count);
  const inverse = reciprocal(sqrt(add(variance, normEpsilon)));
  const gain = perChannel(weight);
  const output = add(mul(centred, mul(inverse, gain)), perChannel(bias));

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const sums = perRow(grad!);
    const products = mul(perRow(mul(grad!, centred)), inverse);
    const slope = mul(mul(overChannels(mul(products, gain)), mul(inverse, inverse)), -1 / count);
    const constant = mul(mul(overChannels(mul(sums, gain)), inverse), 1 / count);
    const dx = add(mul(grad!, mul(inverse, gain)), sub(mul(centred, slope), constant));
    const overAll = (value: Value) => reduceSum(reduceSum(value, [2, 3]), [0]);
    return [dx, overAll(products), overAll(sums)];
  };
  return customGradient({ outputs: [output], inputs: [x, weight, bias], gradient })[0]!;
}
