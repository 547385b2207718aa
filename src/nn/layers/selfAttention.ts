import { customGradient } from '../../graph/customGradient.ts';
import { add, matMul, mul, reduceSum, reshape, softmax, sub, transpose } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { linear } from './linear.ts';
import { type RotaryTables, rotate } from './rotary.ts';

/** Matrices [width, width] and biases [width]. */
export interface AttentionTensors {
  queryWeight: Value;
  queryBias: Value;
  keyWeight: Value;
  keyBias: Value;
  valueWeight: Value;
  valueBias: Value;
  outputWeight: Value;
  outputBias: Value;
}

/** What all layers of a model share. */
export interface AttentionPlan {
  batch: number;
  frames: number;
  heads: number;
  /** Width of a head. */
  size: number;
  /** 0 on valid frames, a number no score outweighs on padding, [batch, 1, 1, frames]. */
  keyOffset: Value;
  /** Of queries, scaled by 1 / √size, and of keys; absent without positions. */
  rotary?: { queries: RotaryTables; keys: RotaryTables };
}

/** Multi-head self-attention in which nobody looks at padding: x [batch·frames, width] → the same. */
export function selfAttention(plan: AttentionPlan, x: Value, tensors: AttentionTensors): Value {
  const { batch, frames, heads, size, rotary } = plan;
  const width = heads * size;
  const flat = [batch, frames, width];
  const project = (weight: Value, bias: Value) => reshape(linear(x, weight, bias), flat);
  const split = (value: Value) => transpose(reshape(value, [batch, frames, heads, size]), [0, 2, 1, 3]);
  const queries = project(tensors.queryWeight, tensors.queryBias);
  const keys = project(tensors.keyWeight, tensors.keyBias);
  const context = attend(
    split(rotary ? rotate(queries, rotary.queries, size) : mul(queries, 1 / Math.sqrt(size))),
    split(rotary ? rotate(keys, rotary.keys, size) : keys),
    split(project(tensors.valueWeight, tensors.valueBias)),
    plan.keyOffset,
  ); // [batch, heads, frames, size]
  const joined = reshape(transpose(context, [0, 2, 1, 3]), [batch * frames, width]);
  return linear(joined, tensors.outputWeight, tensors.outputBias);
}

/**
 * softmax(q·kᵀ + offset)·v. Its backward takes the rows' sums of gradient × probability from the output, which is as
 * wide as a head and not as long as the utterance.
 */
function attend(q: Value, k: Value, v: Value, offset: Value): Value {
  const swapped = (value: Value) => transpose(value, [0, 1, 3, 2]);
  const weights = softmax(add(matMul(q, swapped(k)), offset), -1);
  const output = matMul(weights, v);
  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const means = reduceSum(mul(grad!, output), [3], { keepDims: true });
    const ofScores = mul(weights, sub(matMul(grad!, swapped(v)), means));
    return [matMul(ofScores, k), matMul(swapped(ofScores), q), matMul(swapped(weights), grad!)];
  };
  return customGradient({ outputs: [output], inputs: [q, k, v], gradient })[0]!;
}
