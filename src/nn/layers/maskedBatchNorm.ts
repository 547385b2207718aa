import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  div,
  max,
  mul,
  reciprocal,
  reduceSum,
  reduceSumSquare,
  reshape,
  sqrt,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { normMomentum } from './convBlock.ts';
import { normEpsilon } from './layerNorm.ts';

export interface BatchNormTensors {
  norm: { weight: Value; bias: Value };
  running: { mean: Value; variance: Value };
}

/**
 * nn.BatchNorm1d on the valid frames laid end to end: x [channels, frames], mask [1, frames] with 1 on valid ones.
 * Padding comes out as the bias, and no gradient leaves it. Returns the running statistics after this batch.
 */
export function maskedBatchNorm(x: Value, mask: Value, { norm, running }: BatchNormTensors) {
  const sumOf = (value: Value) => reduceSum(value, [1], { keepDims: true }); // [channels, 1]
  const count = max(reduceSum(mask, [0, 1]), 1);
  const mean = div(sumOf(mul(x, mask)), count);
  const centred = mul(sub(x, mean), mask);
  const variance = div(reduceSumSquare(centred, [1], { keepDims: true }), count);
  const inverse = reciprocal(sqrt(add(variance, normEpsilon)));
  const scale = mul(perChannel(norm.weight), inverse);
  const result = add(mul(centred, scale), perChannel(norm.bias));

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const sum = sumOf(mul(grad!, mask));
    const centredSum = sumOf(mul(grad!, centred));
    const perFrame = div(scale, count);
    const slope = mul(mul(perFrame, mul(inverse, inverse)), centredSum);
    const ofX = mul(sub(sub(mul(grad!, scale), mul(centred, slope)), mul(perFrame, sum)), mask);
    return [ofX, reshape(mul(centredSum, inverse), [-1]), reshape(sum, [-1])];
  };
  const [output] = customGradient({ outputs: [result], inputs: [x, norm.weight, norm.bias], gradient });
  const unbiased = mul(variance, div(count, max(sub(count, 1), 1)));
  const moved = (before: Value, now: Value) =>
    add(mul(before, 1 - normMomentum), mul(reshape(now, [-1]), normMomentum));
  return {
    output: output!,
    running: { mean: moved(running.mean, mean), variance: moved(running.variance, unbiased) },
  };
}

/** The same with running statistics. */
export function runningBatchNorm(x: Value, { norm, running }: BatchNormTensors): Value {
  const scale = div(norm.weight, sqrt(add(running.variance, normEpsilon)));
  return add(mul(x, perChannel(scale)), perChannel(sub(norm.bias, mul(running.mean, scale))));
}

const perChannel = (vector: Value): Value => reshape(vector, [-1, 1]);
