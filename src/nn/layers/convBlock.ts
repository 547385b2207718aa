import { customGradient, stopGradient } from '../../graph/customGradient.ts';
import {
  add,
  cast,
  div,
  greater,
  less,
  mul,
  reciprocal,
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
import { convolve } from './convolution.ts';
import { fastMaxPool } from './fastMaxPool.ts';
import { frameMask, paddingOffset, type TimeLevel } from './frameMasks.ts';
import { layerNorm, normEpsilon } from './layerNorm.ts';
import { type PooledConvolution, pooledConvolution } from './pooledConvolution.ts';
import type { StepContext } from './stepContext.ts';

/** Share of a new batch in the running statistics; nn.BatchNorm2d's default. */
export const normMomentum = 0.1;

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
 * 3×3 convolution, norm, ReLU, max-pool; whole pooling windows only. `x` must be 0 on padding, so that an utterance's
 * last frame sees what it would see alone. A shortcut, of the convolution's shape, is added before the ReLU.
 *
 * ReLU comes after the pool, where the tensor is smaller; both are monotone, so the result is the same. Without a
 * shortcut so does batch norm's whole affine map: a negative gain is turned into a negative filter first.
 */
export function convBlock(
  context: StepContext,
  config: { norm: ModelConfig['norm']; pool: readonly [number, number] },
  x: Value,
  tensors: ConvBlockTensors,
  levels: { input: TimeLevel; output: TimeLevel },
  shortcut?: Value,
): ConvBlockResult {
  const offset = paddingOffset(context, levels.output);
  if (!shortcut) return normalised(context, config, x, tensors, levels.input, offset);
  const { output, running } = normalised(context, { ...config, pool: [1, 1] }, x, tensors, levels.input);
  const pooled = fastMaxPool(add(output, shortcut), config.pool);
  return { output: relu(add(pooled, offset)), ...(running ? { running } : {}) };
}

/** Convolution, norm and pool; with the offset of padding also ReLU. */
function normalised(
  context: StepContext,
  { norm, pool }: { norm: ModelConfig['norm']; pool: readonly [number, number] },
  x: Value,
  tensors: ConvBlockTensors,
  level: TimeLevel,
  offset?: Value,
): ConvBlockResult {
  switch (norm) {
    case 'none': {
      const convolution = pooledConvolution(x, tensors.weight, undefined, pool);
      return { output: activate(convolution, tensors.bias!, offset) };
    }
    case 'layer': {
      const pooled = fastMaxPool(layerNorm(convolve(x, tensors.weight), tensors.norm!), pool);
      return { output: offset ? relu(add(pooled, offset)) : pooled };
    }
    case 'batch': {
      if (context.training) return batchNormBlock(context, pool, x, tensors, level, offset);
      const { scale, shift } = foldedNorm(tensors);
      const convolution = pooledConvolution(x, mul(tensors.weight, scale), undefined, pool);
      return { output: activate(convolution, shift, offset) };
    }
  }
}

/** Batch norm with running statistics as a factor on the filters, [outputs, 1, 1, 1], and a bias, [outputs]. */
export function foldedNorm({ norm, running }: ConvBlockTensors): { scale: Value; shift: Value } {
  const scale = div(norm!.weight, sqrt(add(running!.variance, normEpsilon)));
  return { scale: reshape(scale, [-1, 1, 1, 1]), shift: sub(norm!.bias, mul(running!.mean, scale)) };
}

/** [channels] → [1, channels, 1, 1]. */
const perChannel = (vector: Value): Value => reshape(vector, [1, -1, 1, 1]);

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
  level: TimeLevel,
  offset: Value | undefined,
): ConvBlockResult {
  const { graph } = context;
  const sign = stopGradient(where(less(norm!.weight, 0), graph.constant(-1), graph.constant(1)));
  const shift = stopGradient(mul(mul(running!.mean, sign), -1));
  const convolution = pooledConvolution(x, mul(weight, reshape(sign, [-1, 1, 1, 1])), shift, pool);
  const masks = convolution.phases.map((phase) => frameMask(context, level, phase));
  const moments = maskedMoments(convolution, masks);
  const { mean, variance, count } = moments;
  const unbiased = mul(variance, div(count, sub(count, 1)));
  return {
    output: activate(convolution, norm!.bias, offset, { gain: mul(norm!.weight, sign), masks, ...moments }),
    running: {
      mean: add(running!.mean, mul(mul(mean, sign), normMomentum)),
      variance: add(mul(running!.variance, 1 - normMomentum), mul(unbiased, normMomentum)),
    },
  };
}

interface Moments {
  /** Both [channels]; the variance is biased. */
  mean: Value;
  variance: Value;
  /** How many values they are of, []. */
  count: Value;
}

/** Over the valid frames of all phases. */
function maskedMoments({ phases }: PooledConvolution, masks: readonly Value[]): Moments {
  const total = (parts: readonly Value[]) => parts.reduce((sum, part) => add(sum, part));
  const overFrames = (perFrame: Value, mask: Value) => {
    const [batch] = staticShape(mask, 'batch norm') as [number];
    return reduceSum(mul(perFrame, reshape(mask, [batch, 1, -1])), [0, 2]); // [channels]
  };
  const width = (value: Value) => staticShape(value, 'batch norm')[3]!;
  const count = total(phases.map(({ value }, i) => mul(reduceSum(masks[i]!, [0, 1, 2, 3]), width(value))));
  const sums = phases.map(({ value }, i) => overFrames(reduceSum(value, [3]), masks[i]!));
  const squares = phases.map(({ value }, i) => overFrames(reduceSumSquare(value, [3]), masks[i]!));
  const mean = div(total(sums), count);
  const spread = sub(div(total(squares), count), mul(mean, mean));
  return { mean, variance: where(greater(spread, 0), spread, 0), count };
}

/**
 * relu(pooled + bias + offset), with batch norm relu(gain · (pooled − mean) / σ + bias + offset), without an offset the
 * same without ReLU, and its backward by hand: the sums batch norm needs are taken on the pooled tensor, where the gradient lives, and one affine pass over the
 * large one remains.
 */
function activate(
  { phases, pooled, recall, spread }: PooledConvolution,
  bias: Value,
  offset: Value | undefined,
  norm?: Moments & { gain: Value; masks: readonly Value[] },
): Value {
  const inverse = norm && reciprocal(sqrt(add(norm.variance, normEpsilon)));
  const scale = norm && mul(norm.gain, inverse!);
  const shift = norm ? sub(bias, mul(norm.mean, scale!)) : bias;
  const scaled = scale ? mul(pooled, perChannel(scale)) : pooled;
  const output = offset ? relu(add(scaled, add(perChannel(shift), offset))) : add(scaled, perChannel(shift));

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const g = offset ? mul(grad!, cast(greater(output, 0), 'float32')) : grad!;
    const sum = sumPerChannel(g);
    if (!norm) return [sum, ...spread(g)];
    const centredSum = sub(sumPerChannel(mul(g, pooled)), mul(norm.mean, sum)); // Σ g·(z − mean)
    const perValue = div(scale!, norm.count);
    const slope = mul(mul(perValue, mul(inverse!, inverse!)), mul(centredSum, -1));
    const constant = sub(mul(mul(perValue, sum), -1), mul(slope, norm.mean));
    const sparse = spread(mul(g, perChannel(scale!)));
    const ofPhases = recall().map((value, i) => {
      const mask = norm.masks[i]!;
      const dense = add(mul(value, mul(perChannel(slope), mask)), mul(perChannel(constant), mask));
      return add(sparse[i]!, dense);
    });
    return [sum, ...ofPhases, mul(centredSum, inverse!)];
  };
  const inputs = [bias, ...phases.map(({ value }) => value), ...(norm ? [norm.gain] : [])];
  return customGradient({ outputs: [output], inputs, gradient })[0]!;
}

/** [batch, channels, frames, width] → [channels]; the innermost axes first, where reduction runs along memory. */
const sumPerChannel = (x: Value): Value => reduceSum(reduceSum(x, [2, 3]), [0]);
