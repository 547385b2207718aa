import type { ModelConfig } from '../../shared/config/schema.ts';
import type { ConformerBlockTensors, FeedForwardTensors, NormTensors } from '../layers/conformerBlock.ts';
import type { ConvolutionModuleTensors } from '../layers/convolutionModule.ts';
import type { AttentionTensors } from '../layers/selfAttention.ts';
import type { SubsamplingTensors } from '../layers/subsampling.ts';
import { halvings } from './conformer.ts';
import type { Tensors } from './crnnTraining.ts';

export function subsamplingTensors(config: ModelConfig, tensors: Tensors): SubsamplingTensors {
  const convolutions = Array.from({ length: halvings(config) }, (_, i) => pair(tensors, `subsampling.${i}`));
  return { convolutions, ...pair(tensors, 'input') };
}

export function conformerBlockTensors(
  name: string,
  norm: ModelConfig['norm'],
  tensors: Tensors,
): ConformerBlockTensors {
  return {
    feedForward1: feedForwardTensors(`${name}.feedForward1`, tensors),
    attention: { norm: pair(tensors, `${name}.attention.norm`), ...attentionTensors(`${name}.attention`, tensors) },
    convolution: {
      inputNorm: pair(tensors, `${name}.convolution.inputNorm`),
      ...convolutionTensors(`${name}.convolution`, norm, tensors),
    },
    feedForward2: feedForwardTensors(`${name}.feedForward2`, tensors),
    norm: pair(tensors, `${name}.norm`),
  };
}

const pair = (tensors: Tensors, name: string): NormTensors => ({
  weight: tensors(`${name}.weight`),
  bias: tensors(`${name}.bias`),
});

const feedForwardTensors = (name: string, tensors: Tensors): FeedForwardTensors => ({
  norm: pair(tensors, `${name}.norm`),
  innerWeight: tensors(`${name}.inner.weight`),
  innerBias: tensors(`${name}.inner.bias`),
  outputWeight: tensors(`${name}.output.weight`),
  outputBias: tensors(`${name}.output.bias`),
});

const attentionTensors = (name: string, tensors: Tensors): AttentionTensors => ({
  queryWeight: tensors(`${name}.query.weight`),
  queryBias: tensors(`${name}.query.bias`),
  keyWeight: tensors(`${name}.key.weight`),
  keyBias: tensors(`${name}.key.bias`),
  valueWeight: tensors(`${name}.value.weight`),
  valueBias: tensors(`${name}.value.bias`),
  outputWeight: tensors(`${name}.output.weight`),
  outputBias: tensors(`${name}.output.bias`),
});

function convolutionTensors(name: string, norm: ModelConfig['norm'], tensors: Tensors): ConvolutionModuleTensors {
  const shared = {
    expandWeight: tensors(`${name}.expand.weight`),
    expandBias: tensors(`${name}.expand.bias`),
    depthwiseWeight: tensors(`${name}.depthwise.weight`),
    outputWeight: tensors(`${name}.output.weight`),
    outputBias: tensors(`${name}.output.bias`),
  };
  if (norm === 'none') return { ...shared, depthwiseBias: tensors(`${name}.depthwise.bias`) };
  const affine = pair(tensors, `${name}.norm`);
  if (norm === 'layer') return { ...shared, norm: affine };
  const running = {
    mean: tensors(`${name}.norm.runningMean`),
    variance: tensors(`${name}.norm.runningVariance`),
  };
  return { ...shared, norm: affine, running };
}
