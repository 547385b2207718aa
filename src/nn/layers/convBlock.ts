import { customGradient, stopGradient } from '../../graph/customGradient.ts';
import {
  add,
  conv,
  div,
  greater,
  less,
  maxPool,
  maxUnpool,
  mul,
  reciprocal,
  reduceMean,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  sqrt,
  sub,
  where,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import { frameMask, paddingOffset, type TimeLevel } from './frameMasks.ts';
import type { StepContext } from './stepContext.ts';

/** nn.BatchNorm2d's and nn.LayerNorm's default. */
export const normEpsilon = 1e-5;
/** Share of a new batch in the running statistics; nn.BatchNorm2d's default. */
const momentum = 0.1;

export interface ConvBlockTensors {
  /** [outputs, inputs, 3, 3] */
  weight: Value;
  /** Without norm only, [outputs]. */
  bias?: Value;
  norm?: { weight: Value; bias: Value };
  running?: { mean: Value; variance: Value };
}

export interface ConvBlockResult {
  /** [batch, outputs, pooled frames, pooled width], 0 on padding. */
  output: Value;
  /** With batch norm in training: the running statistics after this batch. */
  running?: { mean: Value; variance: Value };
}

/**
 * One VGG block: 3×3 convolution, norm, ReLU, max-pool; whole pooling windows only. `x` must be 0 on padding, so that
 * an utterance's last frame sees what it would see alone.
 *
 * ReLU comes after the pool, where the tensor is smaller; both are monotone, so the result is the same. For batch norm
 * so does the whole affine map: a negative gain is turned into a negative filter first.
 */
export function convBlock(
  context: StepContext,
  config: { norm: ModelConfig['norm']; pool: readonly [number, number] },
  x: Value,
  tensors: ConvBlockTensors,
  levels: { input: TimeLevel; output: TimeLevel },
): ConvBlockResult {
  const offset = paddingOffset(context, levels.output);
  switch (config.norm) {
    case 'none': {
      const pooled = maxPool(convolve(x, tensors.weight), { kernel: config.pool })[0]!;
      return { output: relu(add(pooled, add(perChannel(tensors.bias!), offset))) };
    }
    case 'layer': {
      const pooled = maxPool(layerNorm(convolve(x, tensors.weight), tensors.norm!), { kernel: config.pool })[0]!;
      return { output: relu(add(pooled, offset)) };
    }
    case 'batch': {
      if (context.training) return batchNormBlock(context, config.pool, x, tensors, levels, offset);
      const { scale, shift } = foldedNorm(tensors);
      const pooled = maxPool(convolve(x, mul(tensors.weight, scale)), { kernel: config.pool })[0]!;
      return { output: relu(add(pooled, add(perChannel(shift), offset))) };
    }
  }
}

/** Batch norm with running statistics as a factor on the filters, [outputs, 1, 1, 1], and a bias, [outputs]. */
export function foldedNorm({ norm, running }: ConvBlockTensors): { scale: Value; shift: Value } {
  const scale = div(norm!.weight, sqrt(add(running!.variance, normEpsilon)));
  return { scale: reshape(scale, [-1, 1, 1, 1]), shift: sub(norm!.bias, mul(running!.mean, scale)) };
}

/** 3×3, same size, no bias. */
export const convolve = (x: Value, weight: Value, bias?: Value): Value => conv(x, weight, bias, { pads: [1, 1, 1, 1] });

/** [channels] → [1, channels, 1, 1]. */
export const perChannel = (vector: Value): Value => reshape(vector, [1, -1, 1, 1]);

/** Each frame over its channels and frequencies (biased variance), gain and bias per channel. x [batch, channels, frames, width]. */
export function layerNorm(x: Value, norm: { weight: Value; bias: Value }): Value {
  const centred = sub(x, reduceMean(x, [1, 3], { keepDims: true }));
  const variance = reduceMean(mul(centred, centred), [1, 3], { keepDims: true });
  const normal = mul(centred, reciprocal(sqrt(add(variance, normEpsilon))));
  return add(mul(normal, perChannel(norm.weight)), perChannel(norm.bias));
}

/**
 * Batch norm over valid frames (nn.BatchNorm2d on the utterances' frames laid end to end), with pool and ReLU.
 *
 * With s the sign of the gain, z = s·(conv(x) − running mean) is what the convolution gives when s is multiplied into
 * its filters and −s·mean is its bias: pooling may then come before the affine map, and the variance, taken as
 * E[z²] − E[z]², loses no digits because z is nearly centred.
 */
function batchNormBlock(
  context: StepContext,
  pool: readonly [number, number],
  x: Value,
  { weight, norm, running }: ConvBlockTensors,
  levels: { input: TimeLevel; output: TimeLevel },
  offset: Value,
): ConvBlockResult {
  const { graph } = context;
  const sign = stopGradient(where(less(norm!.weight, 0), graph.constant(-1), graph.constant(1)));
  const z = convolve(x, mul(weight, reshape(sign, [-1, 1, 1, 1])), stopGradient(mul(mul(running!.mean, sign), -1)));
  const mask = frameMask(context, levels.input);
  const statistics = maskedMoments(z, mask);
  const gain = mul(norm!.weight, sign);
  const output = normPoolRelu({ z, mask, offset, gain, bias: norm!.bias, pool, ...statistics });
  const { mean, variance, count } = statistics;
  const unbiased = mul(variance, div(count, sub(count, 1)));
  return {
    output,
    running: {
      mean: add(running!.mean, mul(mul(mean, sign), momentum)),
      variance: add(mul(running!.variance, 1 - momentum), mul(unbiased, momentum)),
    },
  };
}

/** Mean and biased variance per channel over valid frames, [channels], and how many values they are of, []. */
function maskedMoments(z: Value, mask: Value) {
  const [, , , width] = staticShape(z, 'batch norm');
  const count = mul(reduceSum(mask, [0, 1, 2, 3]), width!);
  const frames = reshape(mask, [staticShape(mask, 'batch norm')[0]!, 1, -1]); // [batch, 1, frames]
  const meanOf = (sums: Value) => div(reduceSum(mul(sums, frames), [0, 2]), count);
  const mean = meanOf(reduceSum(z, [3]));
  const square = meanOf(reduceSumSquare(z, [3]));
  const spread = sub(square, mul(mean, mean));
  return { mean, variance: where(greater(spread, 0), spread, 0), count };
}

/**
 * relu(gain · pool((z − mean) / σ) + bias + offset) with the backward of batch norm by hand: the sums it needs are
 * taken on the pooled tensor, where the gradient lives, and one affine pass over the large one remains.
 */
function normPoolRelu(p: {
  z: Value;
  mask: Value;
  offset: Value;
  gain: Value;
  bias: Value;
  pool: readonly [number, number];
  mean: Value;
  variance: Value;
  count: Value;
}): Value {
  const [pooled, indices] = maxPool(p.z, { kernel: p.pool }) as [Value, Value];
  const inverse = reciprocal(sqrt(add(p.variance, normEpsilon)));
  const scale = mul(p.gain, inverse);
  const shift = sub(p.bias, mul(p.mean, scale));
  const output = relu(add(mul(pooled, perChannel(scale)), add(perChannel(shift), p.offset)));
  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const g = where(greater(output, 0), grad!, 0);
    const sum = sumPerChannel(g);
    const centredSum = sub(sumPerChannel(mul(g, pooled)), mul(p.mean, sum)); // Σ g·(z − mean)
    const perValue = div(scale, p.count);
    const slope = mul(mul(perValue, mul(inverse, inverse)), mul(centredSum, -1));
    const constant = sub(mul(mul(perValue, sum), -1), mul(slope, p.mean));
    const sparse = maxUnpool(mul(g, perChannel(scale)), indices, staticShape(p.z, 'batch norm'), { kernel: p.pool });
    const dense = add(mul(p.z, mul(perChannel(slope), p.mask)), mul(perChannel(constant), p.mask));
    return [add(sparse, dense), mul(centredSum, inverse), sum];
  };
  return customGradient({ outputs: [output], inputs: [p.z, p.gain, p.bias], gradient })[0]!;
}

/** [batch, channels, frames, width] → [channels]; the innermost axes first, where reduction runs along memory. */
const sumPerChannel = (x: Value): Value => reduceSum(reduceSum(x, [2, 3]), [0]);
