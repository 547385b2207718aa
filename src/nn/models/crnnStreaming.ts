import {
  add,
  gather,
  logSoftmax,
  matMul,
  mul,
  reshape,
  scan,
  sigmoid,
  split,
  sub,
  tanh,
  transpose,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import { lstmCell } from '../layers/lstmCell.ts';
import type { RecurrentTensors } from '../layers/recurrence.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { convolutionPart } from './crnnInference.ts';
import { recurrentTensors, type Tensors } from './crnnTraining.ts';

export interface StreamingInputs {
  /** A window of one stream, [1, 1, time, bins]. */
  features: Value;
  /** Its valid frames, int64 [1]; what follows counts as the end of the stream. */
  frameCounts: Value;
  /** Which of the window's output frames come next in the stream, int64 [frames]. */
  kept: Value;
  /** Which of them is the last that the stream goes on from, int64 []; those behind it are a look ahead. */
  last: Value;
  /** What each recurrent layer left behind, [1, hidden] each: its state, of an LSTM also its cell. */
  states: readonly (readonly Value[])[];
}

/** Names of what a recurrent layer carries from frame to frame. */
export const carriedStates = { lstm: ['state', 'cell'], gru: ['state'] } as const;

/** The forward pass over the next frames of a stream: log-probabilities [1, frames, vocabulary] and the states after the last. */
export function crnnStreaming(
  spec: ModelSpec,
  tensors: Tensors,
  { features, frameCounts, kept, last, states }: StreamingInputs,
): { logProbabilities: Value; states: Value[][] } {
  const { config } = spec;
  const { graph } = features;
  let y = gather(convolutionPart(spec, tensors, features, frameCounts).sequence, kept, 0); // [frames, 1, features]
  const affine = (name: string) => add(matMul(y, tensors(`${name}.weight`)), tensors(`${name}.bias`));
  if (config.rnn.projection > 0) y = graph.scope('projection', () => affine('projection'));
  const after: Value[][] = [];
  for (let layer = 0; layer < config.rnn.layers; layer++) {
    const name = `rnn.${layer}`;
    y = graph.scope(name, () => {
      const all = recurrentLayer(config.rnn.cell, y, recurrentTensors(name, tensors), states[layer]!);
      after.push(all.map((ofFrames) => gather(ofFrames, last, 0)));
      const outputs = all[0]!;
      return config.residual && y.shape[2] === outputs.shape[2] ? add(y, outputs) : outputs;
    });
  }
  const logits = graph.scope('output', () => affine('output'));
  return { logProbabilities: logSoftmax(transpose(logits, [1, 0, 2]), -1), states: after };
}

/** One direction from given states: x [frames, 1, inputs] → its states after each frame, [frames, 1, hidden] each. */
function recurrentLayer(
  cell: ModelConfig['rnn']['cell'],
  x: Value,
  tensors: RecurrentTensors,
  before: readonly Value[],
): readonly Value[] {
  const [, hidden, gates] = staticShape(tensors.recurrentWeight, cell) as [number, number, number];
  const weight = reshape(tensors.recurrentWeight, [hidden, gates]);
  const ofInput = add(matMul(x, tensors.inputWeight), tensors.inputBias);
  const step = steps[cell](weight, tensors.recurrentBias, hidden);
  return scan({
    states: before,
    inputs: [ofInput],
    step(states, [input]) {
      const next = step(states, input!);
      return { states: next, outputs: next };
    },
  }).outputs;
}

type Step = (states: readonly Value[], input: Value) => Value[];

/** Gates in ONNX order: input, output, forget, cell; update, reset, candidate, whose recurrent product has its bias inside the reset. */
const steps: Readonly<Record<ModelConfig['rnn']['cell'], (weight: Value, bias: Value, hidden: number) => Step>> = {
  lstm:
    (weight, bias) =>
    ([h, c], input) => {
      const { state, cell } = lstmCell(add(add(matMul(h!, weight), bias), input), c!);
      return [state, cell];
    },
  gru:
    (weight, bias, hidden) =>
    ([h], input) => {
      const sizes = [2 * hidden, hidden];
      const [gates, memory] = split(add(matMul(h!, weight), bias), sizes, 1) as readonly [Value, Value];
      const [gateInput, candidateInput] = split(input, sizes, 1) as readonly [Value, Value];
      const [z, r] = split(sigmoid(add(gates, gateInput)), [hidden, hidden], 1) as readonly [Value, Value];
      const candidate = tanh(add(candidateInput, mul(r, memory)));
      return [add(candidate, mul(z, sub(h!, candidate)))];
    },
};
