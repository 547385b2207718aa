import {
  add,
  cast,
  concat,
  div,
  gather,
  less,
  logSoftmax,
  lstm,
  matMul,
  maxPool,
  mul,
  range,
  relu,
  reshape,
  shape,
  transpose,
  unsqueeze,
  where,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { type ConvBlockTensors, foldedNorm, layerNorm } from '../layers/convBlock.ts';
import { convolve } from '../layers/convolution.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { blockTensors, lstmTensors, type Tensors } from './crnnTraining.ts';

export interface InferenceForward {
  /** [batch, frames, vocabulary] */
  logProbabilities: Value;
  /** Valid frames of each utterance, int64 [batch]. */
  lengths: Value;
}

/**
 * The forward pass that transcribes, for any batch and length: features [batch, 1, frames, bins], valid frames int64
 * [batch]. Padding is masked inside, so neither the batch's size nor its other utterances change a result.
 */
export function crnnInference(
  spec: ModelSpec,
  tensors: Tensors,
  features: Value,
  frameCounts: Value,
): InferenceForward {
  const { config } = spec;
  const { graph } = features;
  let lengths = frameCounts;
  // A choice, not a product: what lies on the padding of an input may be anything, infinities included.
  let x = where(validFrames(features, lengths), features, 0);
  for (const [index, block] of config.blocks.entries()) {
    const name = `blocks.${index}`;
    x = graph.scope(name, () => {
      const normed = convAndNorm(x, config.norm, blockTensors(name, config.norm, tensors));
      const pooled = relu(maxPool(normed, { kernel: block.pool })[0]!);
      lengths = div(lengths, block.pool[0]);
      return mul(pooled, cast(validFrames(pooled, lengths), 'float32'));
    });
  }
  const [, channels, , width] = x.shape as readonly [unknown, number, unknown, number];
  let y = reshape(transpose(x, [2, 0, 1, 3]), [0, 0, channels * width]); // [frames, batch, features]
  const affine = (name: string) => add(matMul(y, tensors(`${name}.weight`)), tensors(`${name}.bias`));
  if (config.rnn.projection > 0) y = graph.scope('projection', () => affine('projection'));
  for (let layer = 0; layer < config.rnn.layers; layer++) {
    const name = `rnn.${layer}`;
    y = graph.scope(name, () => recurrentLayer(y, lstmTensors(name, tensors), lengths));
  }
  const logits = graph.scope('output', () => affine('output'));
  return { logProbabilities: logSoftmax(transpose(logits, [1, 0, 2]), -1), lengths };
}

/** Batch norm goes into the filters. */
function convAndNorm(x: Value, norm: ModelSpec['config']['norm'], tensors: ConvBlockTensors): Value {
  switch (norm) {
    case 'none':
      return convolve(x, tensors.weight, tensors.bias);
    case 'layer':
      return layerNorm(convolve(x, tensors.weight), tensors.norm!);
    case 'batch': {
      const { scale, shift } = foldedNorm(tensors);
      return convolve(x, mul(tensors.weight, scale), shift);
    }
  }
}

/** Whether a frame lies before its utterance's end, bool [batch, 1, frames, 1], for x [batch, channels, frames, width]. */
function validFrames(x: Value, lengths: Value): Value {
  const positions = range(gather(shape(x), 2, 0)); // [frames]
  return unsqueeze(less(unsqueeze(positions, [0]), unsqueeze(lengths, [1])), [1, 3]);
}

/** The runtime's own LSTM: x [frames, batch, inputs] → [frames, batch, directions·hidden]. */
function recurrentLayer(x: Value, tensors: ReturnType<typeof lstmTensors>, lengths: Value): Value {
  const [inputs] = staticShape(tensors.inputWeight, 'lstm') as [number];
  const [directions, hidden] = staticShape(tensors.recurrentWeight, 'lstm') as [number, number];
  const gates = 4 * hidden;
  const weight = transpose(reshape(tensors.inputWeight, [inputs, directions, gates]), [1, 2, 0]);
  const recurrent = transpose(tensors.recurrentWeight, [0, 2, 1]);
  const biases = [tensors.inputBias, tensors.recurrentBias].map((bias) => reshape(bias, [directions, gates]));
  const bias = concat(biases, 1);
  const states = lstm({ x, weight, recurrent, bias, lengths: cast(lengths, 'int32') }); // [frames, directions, batch, hidden]
  return reshape(transpose(states, [0, 2, 1, 3]), [0, 0, directions * hidden]);
}
