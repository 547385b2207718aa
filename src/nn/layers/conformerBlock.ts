import { add, layerNormalization, mul } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { type ConvolutionModuleTensors, convolutionModule } from './convolutionModule.ts';
import { type DropoutPool, dropoutFrom } from './dropoutPool.ts';
import { normEpsilon } from './layerNorm.ts';
import { linear } from './linear.ts';
import { type AttentionPlan, type AttentionTensors, selfAttention } from './selfAttention.ts';
import { swish } from './swish.ts';

/** Gain and bias, both [width]. */
export interface NormTensors {
  weight: Value;
  bias: Value;
}

export interface FeedForwardTensors {
  norm: NormTensors;
  /** [width, inner] and [inner]. */
  innerWeight: Value;
  innerBias: Value;
  /** [inner, width] and [width]. */
  outputWeight: Value;
  outputBias: Value;
}

export interface ConformerBlockTensors {
  feedForward1: FeedForwardTensors;
  attention: AttentionTensors & { norm: NormTensors };
  convolution: ConvolutionModuleTensors & { inputNorm: NormTensors };
  feedForward2: FeedForwardTensors;
  norm: NormTensors;
}

export interface ConformerPlan extends AttentionPlan {
  training: boolean;
  /** 1 on valid frames, [1, batch·frames]. */
  mask: Value;
  dropout: DropoutPool;
}

/**
 * One conformer block (Gulati et al. 2020): half a feed-forward module, self-attention, convolution module, the other
 * half, each added to its input, and a norm. x [batch·frames, width]; what padding holds reaches no valid frame.
 */
export function conformerBlock(plan: ConformerPlan, x: Value, tensors: ConformerBlockTensors) {
  const { graph } = x;
  const { attention, convolution } = tensors;
  const first = graph.scope('feedForward1', () => addFeedForward(plan, x, tensors.feedForward1));
  const attended = graph.scope('attention', () => {
    const change = selfAttention(plan, layerNorm(first, attention.norm), attention);
    return add(first, dropoutFrom(plan.dropout, change));
  });
  const { value, running } = graph.scope('convolution', () => {
    const result = convolutionModule(plan, layerNorm(attended, convolution.inputNorm), convolution, plan.mask);
    return { value: add(attended, dropoutFrom(plan.dropout, result.output)), running: result.running };
  });
  const second = graph.scope('feedForward2', () => addFeedForward(plan, value, tensors.feedForward2));
  const output = graph.scope('norm', () => layerNorm(second, tensors.norm));
  return running ? { output, running } : { output };
}

function addFeedForward(plan: ConformerPlan, x: Value, tensors: FeedForwardTensors): Value {
  const inner = linear(layerNorm(x, tensors.norm), tensors.innerWeight, tensors.innerBias);
  const active = swish(inner, plan.dropout.mask(staticShape(inner, 'dropout')));
  const change = linear(active, tensors.outputWeight, tensors.outputBias);
  return add(x, mul(dropoutFrom(plan.dropout, change), 0.5));
}

const layerNorm = (x: Value, { weight, bias }: NormTensors): Value =>
  layerNormalization(x, weight, bias, { epsilon: normEpsilon })[0]!;
