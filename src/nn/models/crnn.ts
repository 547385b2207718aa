import { gatesOf } from '../../shared/config/derived.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { createLayout, type LayoutBuilder, type ParameterLayout } from '../parameterLayout.ts';

/**
 * VGG blocks, an optional projection, recurrent layers and a linear output (the article's model, corrected).
 * Matrices are stored [input, output], so that every forward product multiplies plain by plain.
 */
export function layoutCrnn({ config, bins, vocabularySize }: ModelSpec): ParameterLayout {
  const builder = createLayout();
  let channels = 1;
  let width = bins;
  for (const [index, block] of config.blocks.entries()) {
    layoutBlock(builder, `blocks.${index}`, config, channels, block.channels);
    channels = block.channels;
    width = Math.floor(width / block.pool[1]);
    if (width < 1) throw new Error(`model.blocks[${index}]: no frequency bin is left after its pool`);
  }
  width *= channels;
  if (config.rnn.projection > 0) {
    layoutLinear(builder, 'projection', width, config.rnn.projection);
    width = config.rnn.projection;
  }
  for (let layer = 0; layer < config.rnn.layers; layer++) {
    width = layoutRecurrent(builder, `rnn.${layer}`, width, config.rnn);
  }
  layoutLinear(builder, 'output', width, vocabularySize);
  return builder.layout;
}

/** Output frames of an utterance of `frames` feature frames: each pool keeps whole windows only. */
export function crnnOutputFrames(config: ModelConfig, frames: number): number {
  return config.blocks.reduce((count, block) => Math.floor(count / block.pool[0]), frames);
}

type BlockConfig = Pick<ModelConfig, 'norm' | 'residual' | 'convolutionsPerBlock'>;

function layoutBlock(builder: LayoutBuilder, block: string, config: BlockConfig, inputs: number, outputs: number) {
  for (const [index, name] of convolutionNames(block, config).entries()) {
    layoutConvolution(builder, name, config.norm, index === 0 ? inputs : outputs, outputs);
  }
  if (!config.residual || inputs === outputs) return;
  builder.parameter(`${block}.shortcut.weight`, [outputs, inputs, 1, 1], { uniform: 1 / Math.sqrt(inputs) });
}

/** Where the tensors of a block's convolutions are found. */
export const convolutionNames = (block: string, { convolutionsPerBlock }: BlockConfig): string[] =>
  [block, `${block}.second`].slice(0, convolutionsPerBlock);

function layoutConvolution(
  builder: LayoutBuilder,
  name: string,
  norm: ModelConfig['norm'],
  inputs: number,
  outputs: number,
) {
  const bound = 1 / Math.sqrt(inputs * 9);
  builder.parameter(`${name}.conv.weight`, [outputs, inputs, 3, 3], { uniform: bound });
  if (norm === 'none') {
    builder.parameter(`${name}.conv.bias`, [outputs], { uniform: bound });
    return;
  }
  builder.parameter(`${name}.norm.weight`, [outputs], { fill: 1 });
  builder.parameter(`${name}.norm.bias`, [outputs], { fill: 0 });
  if (norm === 'layer') return;
  builder.buffer(`${name}.norm.runningMean`, [outputs], 0);
  builder.buffer(`${name}.norm.runningVariance`, [outputs], 1);
}

function layoutLinear(builder: LayoutBuilder, name: string, inputs: number, outputs: number) {
  const bound = 1 / Math.sqrt(inputs);
  builder.parameter(`${name}.weight`, [inputs, outputs], { uniform: bound });
  builder.parameter(`${name}.bias`, [outputs], { uniform: bound });
}

/** Gates in ONNX order; two biases as in PyTorch, because the optimizer moves each of them. */
function layoutRecurrent(builder: LayoutBuilder, name: string, inputs: number, rnn: ModelConfig['rnn']): number {
  const directions = rnn.bidirectional ? 2 : 1;
  const rows = gatesOf[rnn.cell] * rnn.hiddenSize;
  const uniform = 1 / Math.sqrt(rnn.hiddenSize);
  builder.parameter(`${name}.inputWeight`, [inputs, directions * rows], { uniform });
  builder.parameter(`${name}.recurrentWeight`, [directions, rnn.hiddenSize, rows], { uniform });
  builder.parameter(`${name}.inputBias`, [directions * rows], { uniform });
  builder.parameter(`${name}.recurrentBias`, [directions * rows], { uniform });
  return directions * rnn.hiddenSize;
}
