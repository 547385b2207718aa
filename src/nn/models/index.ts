import type { Value } from '../../graph/value.ts';
import type { ModelConfig } from '../../shared/config/schema.ts';
import { layoutDecoder } from '../layers/attentionDecoder.ts';
import type { StepContext } from '../layers/stepContext.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { createLayout, type ParameterLayout } from '../parameterLayout.ts';
import { conformerOutputFrames, layoutConformer } from './conformer.ts';
import { conformerInference } from './conformerInference.ts';
import { conformerTraining } from './conformerTraining.ts';
import { crnnOutputFrames, layoutCrnn } from './crnn.ts';
import { crnnInference, type InferenceForward } from './crnnInference.ts';
import { crnnTraining, type Tensors, type TrainingForward } from './crnnTraining.ts';

/** What a model must say: its tensors (those of the linear layer before CTC are `output.weight` and `output.bias`), how it shortens time, and its two graphs. */
export interface ModelBuilder {
  layout(spec: ModelSpec): ParameterLayout;
  outputFrames(config: ModelConfig, frames: number): number;
  training(context: StepContext, spec: ModelSpec, tensors: Tensors, features: Value): TrainingForward;
  inference(spec: ModelSpec, tensors: Tensors, input: Value, lengths: Value): InferenceForward;
}

/** Every model type of the config has a builder, or this does not compile. */
export const models: Readonly<Record<ModelConfig['type'], ModelBuilder>> = {
  crnn: {
    layout: layoutCrnn,
    outputFrames: crnnOutputFrames,
    training: crnnTraining,
    inference: crnnInference,
  },
  conformer: {
    layout: layoutConformer,
    outputFrames: conformerOutputFrames,
    training: conformerTraining,
    inference: conformerInference,
  },
};

/** Names, shapes and places of a model's tensors in the flat vectors. */
export function layoutParameters(spec: ModelSpec): ParameterLayout {
  const layout = models[spec.config.type].layout(spec);
  if (!spec.config.attention.enabled) return layout;
  const output = layout.entries.find(({ name }) => name === 'output.weight');
  layoutDecoder(createLayout(layout), spec, output!.shape[0]!);
  return layout;
}

/** Output frames of an utterance of `frames` feature frames, by the floor rule of every layer. */
export const outputFrames = (config: ModelConfig, frames: number): number =>
  models[config.type].outputFrames(config, frames);
