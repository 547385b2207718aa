import type { Value } from '../../graph/value.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import { type ConvBlockResult, type ConvBlockTensors, convBlock } from './convBlock.ts';
import { pointwiseConvolution } from './convolution.ts';
import type { TimeLevel } from './frameMasks.ts';
import type { StepContext } from './stepContext.ts';

export interface VggBlockTensors {
  /** Of each convolution. */
  convolutions: readonly ConvBlockTensors[];
  /** With residuals, where channels differ, [outputs, inputs, 1, 1]. */
  shortcut?: Value;
}

export interface VggBlockResult {
  /** [batch, outputs, pooled frames, pooled width], 0 on padding. */
  output: Value;
  /** Of each convolution. */
  running: readonly ConvBlockResult['running'][];
}

/**
 * One VGG block: convolutions, each with norm and ReLU, and a max-pool. With residuals the block's input joins before
 * the last ReLU (He et al. 2015), through a 1×1 convolution where channels differ. `x` must be 0 on padding.
 */
export function vggBlock(
  context: StepContext,
  config: Pick<ModelConfig, 'norm' | 'residual'> & { pool: readonly [number, number] },
  x: Value,
  { convolutions, shortcut }: VggBlockTensors,
  levels: { input: TimeLevel; output: TimeLevel },
): VggBlockResult {
  const { norm, pool, residual } = config;
  const inner = { input: levels.input, output: levels.input };
  const running: ConvBlockResult['running'][] = [];
  let y = x;
  for (const tensors of convolutions.slice(0, -1)) {
    const result = convBlock(context, { norm, pool: [1, 1] }, y, tensors, inner);
    running.push(result.running);
    y = result.output;
  }
  const joined = residual ? (shortcut ? pointwiseConvolution(x, shortcut) : x) : undefined;
  const result = convBlock(context, { norm, pool }, y, convolutions.at(-1)!, levels, joined);
  return { output: result.output, running: [...running, result.running] };
}
