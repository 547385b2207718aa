import {
  add,
  cast,
  concat,
  conv,
  div,
  gather,
  gru,
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
import type { ModelConfig } from '../../shared/config/schema.ts';
import { type ConvBlockTensors, foldedNorm } from '../layers/convBlock.ts';
import { convolve } from '../layers/convolution.ts';
import { layerNorm } from '../layers/layerNorm.ts';
import type { RecurrentTensors } from '../layers/recurrence.ts';
import type { VggBlockTensors } from '../layers/vggBlock.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { blockTensors, recurrentTensors, type Tensors } from './crnnTraining.ts';

export interface InferenceForward {
  /** [batch, frames, vocabulary] */
  logProbabilities: Value;
  /** What the output layer reads, arbitrary on padding, [batch, frames, width]. */
  encoded: Value;
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
  const { sequence, lengths } = convolutionPart(spec, tensors, features, frameCounts);
  let y = sequence;
  const affine = (name: string) => add(matMul(y, tensors(`${name}.weight`)), tensors(`${name}.bias`));
  if (config.rnn.projection > 0) y = graph.scope('projection', () => affine('projection'));
  for (let layer = 0; layer < config.rnn.layers; layer++) {
    const name = `rnn.${layer}`;
    y = graph.scope(name, () => {
      const states = recurrentLayer(config.rnn.cell, y, recurrentTensors(name, tensors), lengths);
      return config.residual && y.shape[2] === states.shape[2] ? add(y, states) : states;
    });
  }
  const logits = graph.scope('output', () => affine('output'));
  const logProbabilities = logSoftmax(transpose(logits, [1, 0, 2]), -1);
  return { logProbabilities, encoded: transpose(y, [1, 0, 2]), lengths };
}

/**
 * The blocks alone: a sequence [frames, batch, features], 0 on padding, and its valid frames int64 [batch], of features
 * [batch, 1, frames, bins] and their valid frames.
 */
export function convolutionPart({ config }: ModelSpec, tensors: Tensors, features: Value, frameCounts: Value) {
  let lengths = frameCounts;
  // A choice, not a product: what lies on the padding of an input may be anything, infinities included.
  let x = where(validFrames(features, lengths), features, 0);
  for (const [index, block] of config.blocks.entries()) {
    const name = `blocks.${index}`;
    x = features.graph.scope(name, () => {
      const joined = convolutions(x, config, blockTensors(name, config, tensors), lengths);
      const pooled = relu(maxPool(joined, { kernel: block.pool })[0]!);
      lengths = div(lengths, block.pool[0]);
      return masked(pooled, lengths);
    });
  }
  const [, channels, , width] = x.shape as readonly [unknown, number, unknown, number];
  const sequence = reshape(transpose(x, [2, 0, 1, 3]), [0, 0, channels * width]);
  return { sequence, lengths };
}

/** A block up to its last ReLU. */
function convolutions(x: Value, { norm, residual }: ModelConfig, tensors: VggBlockTensors, lengths: Value): Value {
  let y = x;
  for (const convolution of tensors.convolutions.slice(0, -1)) {
    y = masked(relu(convAndNorm(y, norm, convolution)), lengths);
  }
  y = convAndNorm(y, norm, tensors.convolutions.at(-1)!);
  if (!residual) return y;
  return add(y, tensors.shortcut ? conv(x, tensors.shortcut) : x);
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

const masked = (x: Value, lengths: Value): Value => mul(x, cast(validFrames(x, lengths), 'float32'));

/** Whether a frame lies before its utterance's end, bool [batch, 1, frames, 1], for x [batch, channels, frames, width]. */
function validFrames(x: Value, lengths: Value): Value {
  const positions = range(gather(shape(x), 2, 0)); // [frames]
  return unsqueeze(less(unsqueeze(positions, [0]), unsqueeze(lengths, [1])), [1, 3]);
}

const cells = { lstm, gru } as const;

/** The runtime's own recurrence: x [frames, batch, inputs] → [frames, batch, directions·hidden]. */
function recurrentLayer(cell: 'lstm' | 'gru', x: Value, tensors: RecurrentTensors, lengths: Value): Value {
  const [inputs] = staticShape(tensors.inputWeight, cell) as [number];
  const [directions, hidden, rows] = staticShape(tensors.recurrentWeight, cell) as [number, number, number];
  const weight = transpose(reshape(tensors.inputWeight, [inputs, directions, rows]), [1, 2, 0]);
  const recurrent = transpose(tensors.recurrentWeight, [0, 2, 1]);
  const biases = [tensors.inputBias, tensors.recurrentBias].map((bias) => reshape(bias, [directions, rows]));
  const bias = concat(biases, 1);
  const states = cells[cell]({ x, weight, recurrent, bias, lengths: cast(lengths, 'int32') }); // [frames, directions, batch, hidden]
  return reshape(transpose(states, [0, 2, 1, 3]), [0, 0, directions * hidden]);
}
