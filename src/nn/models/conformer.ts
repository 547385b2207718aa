import type { ModelConfig } from '../../shared/config/schema.ts';
import { halvedBins } from '../layers/subsampling.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { createLayout, type LayoutBuilder, type ParameterLayout } from '../parameterLayout.ts';

/**
 * Convolutions that shorten time, conformer blocks (Gulati et al. 2020) and a linear output. Matrices are stored
 * [input, output], but for the first pointwise convolution, whose product is taken with channels first.
 */
export function layoutConformer({ config, bins, vocabularySize }: ModelSpec): ParameterLayout {
  const { dimension, layers, kernelSize, feedForwardFactor, subsamplingChannels } = config.conformer;
  const builder = createLayout();
  const times = halvings(config);
  for (let i = 0; i < times; i++) {
    const inputs = i === 0 ? 1 : subsamplingChannels;
    const uniform = 1 / Math.sqrt(inputs * 9);
    builder.parameter(`subsampling.${i}.weight`, [subsamplingChannels, inputs, 3, 3], { uniform });
    builder.parameter(`subsampling.${i}.bias`, [subsamplingChannels], { uniform });
  }
  layoutLinear(builder, 'input', subsamplingChannels * halvedBins(bins, times), dimension);
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    layoutFeedForward(builder, `${name}.feedForward1`, dimension, dimension * feedForwardFactor);
    layoutNorm(builder, `${name}.attention.norm`, dimension);
    for (const part of ['query', 'key', 'value', 'output']) {
      layoutLinear(builder, `${name}.attention.${part}`, dimension, dimension);
    }
    layoutConvolution(builder, `${name}.convolution`, config.norm, dimension, kernelSize);
    layoutFeedForward(builder, `${name}.feedForward2`, dimension, dimension * feedForwardFactor);
    layoutNorm(builder, `${name}.norm`, dimension);
  }
  layoutLinear(builder, 'output', dimension, vocabularySize);
  return builder.layout;
}

/** Convolutions of stride 2. */
export const halvings = ({ conformer }: ModelConfig): number => Math.log2(conformer.subsampling);

/** Output frames of an utterance of `frames` feature frames: each halving keeps whole pairs only. */
export const conformerOutputFrames = ({ conformer }: ModelConfig, frames: number): number =>
  Math.floor(frames / conformer.subsampling);

function layoutLinear(builder: LayoutBuilder, name: string, inputs: number, outputs: number) {
  const uniform = 1 / Math.sqrt(inputs);
  builder.parameter(`${name}.weight`, [inputs, outputs], { uniform });
  builder.parameter(`${name}.bias`, [outputs], { uniform });
}

function layoutNorm(builder: LayoutBuilder, name: string, width: number) {
  builder.parameter(`${name}.weight`, [width], { fill: 1 });
  builder.parameter(`${name}.bias`, [width], { fill: 0 });
}

function layoutFeedForward(builder: LayoutBuilder, name: string, width: number, inner: number) {
  layoutNorm(builder, `${name}.norm`, width);
  layoutLinear(builder, `${name}.inner`, width, inner);
  layoutLinear(builder, `${name}.output`, inner, width);
}

function layoutConvolution(
  builder: LayoutBuilder,
  name: string,
  norm: ModelConfig['norm'],
  width: number,
  kernel: number,
) {
  layoutNorm(builder, `${name}.inputNorm`, width);
  const uniform = 1 / Math.sqrt(width);
  builder.parameter(`${name}.expand.weight`, [2 * width, width], { uniform });
  builder.parameter(`${name}.expand.bias`, [2 * width], { uniform });
  const perTap = { uniform: 1 / Math.sqrt(kernel) };
  builder.parameter(`${name}.depthwise.weight`, [width, kernel], perTap);
  if (norm === 'none') builder.parameter(`${name}.depthwise.bias`, [width], perTap);
  else layoutNorm(builder, `${name}.norm`, width);
  if (norm === 'batch') {
    builder.buffer(`${name}.norm.runningMean`, [width], 0);
    builder.buffer(`${name}.norm.runningVariance`, [width], 1);
  }
  layoutLinear(builder, `${name}.output`, width, width);
}
