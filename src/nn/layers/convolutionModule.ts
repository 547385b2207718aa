import { customGradient } from '../../graph/customGradient.ts';
import { add, gemm, layerNormalization, mul, reshape, sigmoid, slice, sub, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { depthwiseConvolution } from './depthwiseConvolution.ts';
import { normEpsilon } from './layerNorm.ts';
import { linear } from './linear.ts';
import { type BatchNormTensors, maskedBatchNorm, runningBatchNorm } from './maskedBatchNorm.ts';
import { swish } from './swish.ts';

export interface ConvolutionModuleTensors {
  /** [2·width, width] and [2·width]: values, then their gates. */
  expandWeight: Value;
  expandBias: Value;
  /** [width, kernel]; a bias [width] without norm only. */
  depthwiseWeight: Value;
  depthwiseBias?: Value;
  norm?: { weight: Value; bias: Value };
  running?: BatchNormTensors['running'];
  /** [width, width] and [width]. */
  outputWeight: Value;
  outputBias: Value;
}

export interface ConvolutionModuleResult {
  output: Value;
  /** With batch norm in training: the running statistics after this batch. */
  running?: { mean: Value; variance: Value };
}

/**
 * Pointwise convolution with a gate, depthwise convolution over time, norm, Swish, pointwise convolution: x
 * [batch·frames, width] → the same; mask [1, batch·frames] keeps padding out of the filters and the statistics.
 * In between, channels come first: products give that for free, and what follows runs along memory.
 */
export function convolutionModule(
  config: { batch: number; training: boolean },
  x: Value,
  tensors: ConvolutionModuleTensors,
  mask: Value,
): ConvolutionModuleResult {
  const [rows, width] = staticShape(x, 'the convolution module') as [number, number];
  const { norm, running, depthwiseBias } = tensors;
  const gated = gatedProduct(x, tensors, mask); // [width, batch·frames]
  const inTime = reshape(gated, [width, config.batch, rows / config.batch]);
  const convolved = reshape(depthwiseConvolution(inTime, tensors.depthwiseWeight), [width, rows]);
  if (norm && running) {
    const normed = config.training
      ? maskedBatchNorm(convolved, mask, { norm, running })
      : { output: runningBatchNorm(convolved, { norm, running }) };
    const output = fromChannels(swish(normed.output), tensors);
    return 'running' in normed ? { output, running: normed.running } : { output };
  }
  if (norm) {
    const frames = transpose(convolved, [1, 0]);
    const normed = layerNormalization(frames, norm.weight, norm.bias, { epsilon: normEpsilon })[0]!;
    return { output: linear(swish(normed), tensors.outputWeight, tensors.outputBias) };
  }
  return { output: fromChannels(swish(add(convolved, reshape(depthwiseBias!, [width, 1]))), tensors) };
}

/** [width, rows] → [rows, width]. */
const fromChannels = (x: Value, { outputWeight, outputBias }: ConvolutionModuleTensors): Value =>
  gemm(x, outputWeight, outputBias, { transA: true });

/** GLU of the first product, 0 on padding: [rows, width] → [width, rows]. */
function gatedProduct(x: Value, { expandWeight, expandBias }: ConvolutionModuleTensors, mask: Value): Value {
  const [, width] = staticShape(x, 'the convolution module') as [number, number];
  const half = (start: number) => {
    const range = { axis: 0, start, end: start + width };
    return gemm(slice(expandWeight, range), x, reshape(slice(expandBias, range), [width, 1]), { transB: true });
  };
  const values = half(0);
  const gates = half(width);
  const open = mul(sigmoid(gates), mask);
  const output = mul(values, open);
  const gradient = ([grad]: readonly (Value | undefined)[]) => [
    mul(grad!, open),
    mul(mul(grad!, output), sub(1, open)),
  ];
  return customGradient({ outputs: [output], inputs: [values, gates], gradient })[0]!;
}
