import {
  add,
  cast,
  conv,
  cos,
  div,
  gather,
  layerNormalization,
  less,
  logSoftmax,
  matMul,
  mul,
  range,
  relu,
  reshape,
  shape,
  sigmoid,
  sin,
  slice,
  softmax,
  sub,
  transpose,
  unsqueeze,
  where,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { ConformerBlockTensors, FeedForwardTensors, NormTensors } from '../layers/conformerBlock.ts';
import { foldedNorm } from '../layers/convBlock.ts';
import type { ConvolutionModuleTensors } from '../layers/convolutionModule.ts';
import { normEpsilon } from '../layers/layerNorm.ts';
import { quarterTurn, turnsPerFrame } from '../layers/rotary.ts';
import type { AttentionTensors } from '../layers/selfAttention.ts';
import { halving } from '../layers/subsampling.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { conformerBlockTensors, subsamplingTensors } from './conformerTensors.ts';
import type { InferenceForward } from './crnnInference.ts';
import type { Tensors } from './crnnTraining.ts';

/**
 * The forward pass that transcribes, for any batch and length: features [batch, 1, frames, bins], valid frames int64
 * [batch]. Padding is masked inside, so neither the batch's size nor its other utterances change a result.
 */
export function conformerInference(
  { config }: ModelSpec,
  tensors: Tensors,
  features: Value,
  frameCounts: Value,
): InferenceForward {
  const { graph } = features;
  const { heads, layers, positions } = config.conformer;
  let lengths = frameCounts;
  // A choice, not a product: what lies on the padding of an input may be anything, infinities included.
  let image = where(unsqueeze(validFrames(features, lengths), [1, 3]), features, 0);
  const subsampling = subsamplingTensors(config, tensors);
  for (const { weight, bias } of subsampling.convolutions) {
    image = graph.scope('subsampling', () => {
      const halved = relu(conv(image, weight, bias, halving));
      lengths = div(lengths, 2);
      return mul(halved, cast(unsqueeze(validFrames(halved, lengths), [1, 3]), 'float32'));
    });
  }
  const [, channels, , bins] = image.shape as readonly [unknown, number, unknown, number];
  let x = reshape(transpose(image, [0, 2, 1, 3]), [0, 0, channels * bins]); // [batch, frames, channels·bins]
  x = affine(x, subsampling.weight, subsampling.bias); // [batch, frames, dimension]
  const valid = cast(validFrames(image, lengths), 'float32'); // [batch, frames]
  const plan = { heads, valid, positions: positions === 'rotary' ? turnsOf(image, headSizeOf(x, heads)) : undefined };
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    x = graph.scope(name, () => block(plan, x, conformerBlockTensors(name, config.norm, tensors)));
  }
  const logits = graph.scope('output', () => affine(x, tensors('output.weight'), tensors('output.bias')));
  return { logProbabilities: logSoftmax(logits, -1), encoded: x, lengths };
}

interface Plan {
  heads: number;
  /** 1 on valid frames, [batch, frames]. */
  valid: Value;
  /** Cosines and sines, both [frames, 1, size]. */
  positions: { cos: Value; sin: Value } | undefined;
}

function block(plan: Plan, x: Value, tensors: ConformerBlockTensors): Value {
  const { attention, convolution } = tensors;
  const first = addFeedForward(x, tensors.feedForward1);
  const attended = add(first, attend(plan, layerNorm(first, attention.norm), attention));
  const convolved = add(attended, convolve(plan, layerNorm(attended, convolution.inputNorm), convolution));
  return layerNorm(addFeedForward(convolved, tensors.feedForward2), tensors.norm);
}

function addFeedForward(x: Value, tensors: FeedForwardTensors): Value {
  const inner = swish(affine(layerNorm(x, tensors.norm), tensors.innerWeight, tensors.innerBias));
  return add(x, mul(affine(inner, tensors.outputWeight, tensors.outputBias), 0.5));
}

function attend({ heads, valid, positions }: Plan, x: Value, tensors: AttentionTensors): Value {
  const size = headSizeOf(x, heads);
  const perHead = (value: Value) => reshape(value, [0, 0, heads, size]); // [batch, frames, heads, size]
  const turned = (value: Value) => {
    if (!positions) return value;
    return add(mul(value, positions.cos), mul(matMul(value, quarterTurn(x.graph, size)), positions.sin));
  };
  const queries = turned(perHead(affine(x, tensors.queryWeight, tensors.queryBias)));
  const keys = turned(perHead(affine(x, tensors.keyWeight, tensors.keyBias)));
  const values = perHead(affine(x, tensors.valueWeight, tensors.valueBias));
  const scores = matMul(transpose(mul(queries, 1 / Math.sqrt(size)), [0, 2, 1, 3]), transpose(keys, [0, 2, 3, 1]));
  const offset = unsqueeze(mul(sub(valid, 1), 1e4), [1, 2]); // [batch, 1, 1, frames]
  const seen = matMul(softmax(add(scores, offset), -1), transpose(values, [0, 2, 1, 3]));
  return affine(reshape(transpose(seen, [0, 2, 1, 3]), [0, 0, heads * size]), tensors.outputWeight, tensors.outputBias);
}

function convolve({ valid }: Plan, x: Value, tensors: ConvolutionModuleTensors): Value {
  const [width, kernel] = staticShape(tensors.depthwiseWeight, 'conformer') as [number, number];
  const expanded = affine(x, transpose(tensors.expandWeight, [1, 0]), tensors.expandBias);
  const [values, gates] = [0, width].map((start) => slice(expanded, { axis: 2, start, end: start + width }));
  const gated = mul(mul(values!, sigmoid(gates!)), unsqueeze(valid, [2]));
  const inTime = transpose(gated, [0, 2, 1]); // [batch, width, frames]
  const window = { groups: width, pads: [(kernel - 1) / 2, (kernel - 1) / 2] };
  const { norm, running, depthwiseBias } = tensors;
  const filters = reshape(tensors.depthwiseWeight, [width, 1, kernel]);
  // Batch norm goes into the filters.
  const folded = norm && running ? foldedNorm({ weight: filters, norm, running }) : undefined;
  const weight = folded ? mul(filters, reshape(folded.scale, [width, 1, 1])) : filters;
  const convolved = transpose(conv(inTime, weight, folded?.shift ?? depthwiseBias, window), [0, 2, 1]);
  const normed = norm && !running ? layerNorm(convolved, norm) : convolved;
  return affine(swish(normed), tensors.outputWeight, tensors.outputBias);
}

const swish = (x: Value): Value => mul(x, sigmoid(x));
const affine = (x: Value, weight: Value, bias: Value): Value => add(matMul(x, weight), bias);
const layerNorm = (x: Value, { weight, bias }: NormTensors): Value =>
  layerNormalization(x, weight, bias, { epsilon: normEpsilon })[0]!;
const headSizeOf = (x: Value, heads: number): number => (x.shape.at(-1) as number) / heads;

/** Whether a frame lies before its utterance's end, bool [batch, frames], for x [batch, channels, frames, width]. */
function validFrames(x: Value, lengths: Value): Value {
  const positions = range(gather(shape(x), 2, 0)); // [frames]
  return less(unsqueeze(positions, [0]), unsqueeze(lengths, [1]));
}

/** Cosines and sines of the frames of x [batch, channels, frames, width], computed where the frames become known. */
function turnsOf(x: Value, size: number): { cos: Value; sin: Value } {
  const turns = turnsPerFrame(size);
  const both = x.graph.constant(Float32Array.from([...turns, ...turns]), [1, size]);
  const angles = mul(unsqueeze(cast(range(gather(shape(x), 2, 0)), 'float32'), [1]), both); // [frames, size]
  return { cos: unsqueeze(cos(angles), [1]), sin: unsqueeze(sin(angles), [1]) };
}
