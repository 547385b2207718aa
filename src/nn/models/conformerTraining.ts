import { mul, reshape, sub, transpose } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type ConformerPlan, conformerBlock } from '../layers/conformerBlock.ts';
import { dropoutAndMask } from '../layers/dropout.ts';
import { createDropoutPool, dropoutFrom } from '../layers/dropoutPool.ts';
import { frameMask, type TimeLevel } from '../layers/frameMasks.ts';
import { linear } from '../layers/linear.ts';
import { rotaryTables } from '../layers/rotary.ts';
import type { StepContext } from '../layers/stepContext.ts';
import { dropChance, stochasticDepth } from '../layers/stochasticDepth.ts';
import { halvedLevel, subsampling } from '../layers/subsampling.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { halvings } from './conformer.ts';
import { conformerBlockTensors, subsamplingTensors } from './conformerTensors.ts';
import type { Tensors, TrainingForward } from './crnnTraining.ts';

/** The forward pass that trains: features [batch, 1, frames, bins], 0 on padding. */
export function conformerTraining(
  context: StepContext,
  { config }: ModelSpec,
  tensors: Tensors,
  features: Value,
): TrainingForward {
  const { graph, sizes } = context;
  const { dimension, layers, stochasticDepth: depth } = config.conformer;
  const level = halvedLevel(halvings(config), sizes.frames);
  const plan = graph.scope('plan', () => conformerPlan(context, config, level));
  const buffers = new Map<string, Value>();
  let x = graph.scope('subsampling', () => {
    const frames = subsampling(context, features, subsamplingTensors(config, tensors));
    return dropoutFrom(plan.dropout, frames); // [batch·frames, dimension]
  });
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    x = graph.scope(name, () => {
      const result = conformerBlock(plan, x, conformerBlockTensors(name, config.norm, tensors));
      if (result.running) {
        buffers.set(`${name}.convolution.norm.runningMean`, result.running.mean);
        buffers.set(`${name}.convolution.norm.runningVariance`, result.running.variance);
      }
      return stochasticDepth(context, name, dropChance(depth, layer, layers), x, result.output);
    });
  }
  return graph.scope('output', () => {
    const inTime = transpose(reshape(x, [sizes.batch, level.frames, dimension]), [1, 0, 2]); // [frames, batch, dimension]
    const encoded = dropoutAndMask(context, 'output', level, inTime, config.dropout);
    const logits = linear(encoded, tensors('output.weight'), tensors('output.bias'));
    return { logits, encoded, level, buffers };
  });
}

/** Low enough that no score outweighs it, and a number in float16 too. */
const paddingScore = 1e4;

/** What all blocks share, made once. */
export function conformerPlan(context: StepContext, config: ModelSpec['config'], level: TimeLevel): ConformerPlan {
  const { graph, sizes, training } = context;
  const { dimension, heads, positions, feedForwardFactor } = config.conformer;
  const { batch } = sizes;
  const { frames } = level;
  const size = dimension / heads;
  const valid = frameMask(context, level); // [batch, 1, frames, 1]
  const shared = {
    training,
    batch,
    frames,
    heads,
    size,
    mask: reshape(valid, [1, batch * frames]),
    keyOffset: mul(sub(reshape(valid, [batch, 1, 1, frames]), 1), paddingScore),
    dropout: createDropoutPool(context, config.dropout, batch * frames * dimension * feedForwardFactor),
  };
  if (positions === 'none') return shared;
  const rotary = {
    queries: rotaryTables(graph, frames, heads, size, 1 / Math.sqrt(size)),
    keys: rotaryTables(graph, frames, heads, size),
  };
  return { ...shared, rotary };
}
