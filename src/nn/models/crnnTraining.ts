import { sameShape } from '../../graph/dims.ts';
import { add, reshape, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import type { ConvBlockTensors } from '../layers/convBlock.ts';
import { dropoutAndMask } from '../layers/dropout.ts';
import type { TimeLevel } from '../layers/frameMasks.ts';
import { gru } from '../layers/gru.ts';
import { linear } from '../layers/linear.ts';
import { lstm } from '../layers/lstm.ts';
import type { RecurrentTensors } from '../layers/recurrence.ts';
import type { StepContext } from '../layers/stepContext.ts';
import { type VggBlockTensors, vggBlock } from '../layers/vggBlock.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { convolutionNames, crnnOutputFrames } from './crnn.ts';

/** Named tensors of a model: parameters and buffers. */
export type Tensors = (name: string) => Value;

export interface TrainingForward {
  /** [frames, batch, vocabulary] at the last level. */
  logits: Value;
  /** What the output layer reads, 0 on padding, [frames, batch, width]. */
  encoded: Value;
  level: TimeLevel;
  /** New content of each buffer, by name. */
  buffers: Map<string, Value>;
}

/** The forward pass that trains: features [batch, 1, frames, bins], 0 on padding. */
export function crnnTraining(
  context: StepContext,
  spec: ModelSpec,
  tensors: Tensors,
  features: Value,
): TrainingForward {
  const { config } = spec;
  const buffers = new Map<string, Value>();
  let x = features;
  for (const [index, block] of config.blocks.entries()) {
    const name = `blocks.${index}`;
    const levels = { input: levelAfter(spec, index, context), output: levelAfter(spec, index + 1, context) };
    const result = context.graph.scope(name, () =>
      vggBlock(context, { ...config, pool: block.pool }, x, blockTensors(name, config, tensors), levels),
    );
    x = result.output;
    for (const [i, convolution] of convolutionNames(name, config).entries()) {
      const running = result.running[i];
      if (!running) continue;
      buffers.set(`${convolution}.norm.runningMean`, running.mean);
      buffers.set(`${convolution}.norm.runningVariance`, running.variance);
    }
  }
  const level = levelAfter(spec, config.blocks.length, context);
  const encoded = recurrentPart(context, spec, tensors, x, level);
  const logits = context.graph.scope('output', () => linear(encoded, tensors('output.weight'), tensors('output.bias')));
  return { logits, encoded, level, buffers };
}

function recurrentPart(context: StepContext, spec: ModelSpec, tensors: Tensors, image: Value, level: TimeLevel): Value {
  const { rnn, dropout, residual } = spec.config;
  const { graph } = context;
  const [batch, channels, frames, width] = staticShape(image, 'crnn') as [number, number, number, number];
  let x = graph.scope('sequence', () => reshape(transpose(image, [2, 0, 1, 3]), [frames, batch, channels * width])); // [frames, batch, features]
  if (rnn.projection > 0) {
    x = graph.scope('projection', () => {
      const projected = linear(x, tensors('projection.weight'), tensors('projection.bias'));
      return dropoutAndMask(context, 'projection', level, projected, dropout);
    });
  }
  for (let layer = 0; layer < rnn.layers; layer++) {
    const name = `rnn.${layer}`;
    x = graph.scope(name, () => {
      const states = cells[rnn.cell](context, level, x, recurrentTensors(name, tensors));
      const output = dropoutAndMask(context, name, level, states, dropout);
      return residual && sameShape(x.shape, output.shape) ? add(x, output) : output;
    });
  }
  return x;
}

const cells = { lstm, gru } as const;

/** Time as it is after so many blocks. */
function levelAfter(spec: ModelSpec, blocks: number, context: StepContext): TimeLevel {
  const config = { ...spec.config, blocks: spec.config.blocks.slice(0, blocks) };
  const outputFrames = (frames: number) => crnnOutputFrames(config, frames);
  return { name: `${blocks}`, frames: outputFrames(context.sizes.frames), outputFrames };
}

export function blockTensors(block: string, config: ModelConfig, tensors: Tensors): VggBlockTensors {
  const convolutions = convolutionNames(block, config).map((name) => convolutionTensors(name, config.norm, tensors));
  const [outputs, inputs] = staticShape(convolutions[0]!.weight, 'crnn') as [number, number];
  if (!config.residual || inputs === outputs) return { convolutions };
  return { convolutions, shortcut: tensors(`${block}.shortcut.weight`) };
}

function convolutionTensors(name: string, norm: ModelConfig['norm'], tensors: Tensors): ConvBlockTensors {
  const weight = tensors(`${name}.conv.weight`);
  if (norm === 'none') return { weight, bias: tensors(`${name}.conv.bias`) };
  const affine = { weight: tensors(`${name}.norm.weight`), bias: tensors(`${name}.norm.bias`) };
  if (norm === 'layer') return { weight, norm: affine };
  const mean = tensors(`${name}.norm.runningMean`);
  return { weight, norm: affine, running: { mean, variance: tensors(`${name}.norm.runningVariance`) } };
}

export const recurrentTensors = (name: string, tensors: Tensors): RecurrentTensors => ({
  inputWeight: tensors(`${name}.inputWeight`),
  recurrentWeight: tensors(`${name}.recurrentWeight`),
  inputBias: tensors(`${name}.inputBias`),
  recurrentBias: tensors(`${name}.recurrentBias`),
});
