import type { Value } from '../graph/value.ts';
import { timeStride } from '../shared/config/derived.ts';
import type { Batch, Feed } from './batch.ts';
import {
  createStepContext,
  type StepContext,
  type StepKey,
  type StepPlace,
  type StepSizes,
  validFrames,
} from './layers/stepContext.ts';
import { layoutInputs } from './layoutInputs.ts';
import type { ModelSpec } from './modelSpec.ts';
import type { Tensors, TrainingForward } from './models/crnnTraining.ts';
import { models } from './models/index.ts';
import type { ParameterLayout } from './parameterLayout.ts';
import { type LossConfig, type StepLoss, stepLoss } from './stepLoss.ts';

/** What every training step consists of, wherever it runs and whoever makes the update. */
export interface StepParts extends StepLoss {
  context: StepContext;
  /** In the layout's order. */
  parameters: Value[];
  /** New running statistics, in the layout's order. */
  buffers: Value[];
  /** Every input that follows from a batch. */
  feeds(batch: Batch, key: StepKey): Record<string, Feed>;
}

/** Forward pass and loss for batches up to the given sizes; `place` and `tensors` put it where it is not alone. */
export function buildStepParts(
  spec: ModelSpec,
  layout: ParameterLayout,
  limits: StepSizes,
  lossConfig: LossConfig,
  inside?: { place: StepPlace; tensors: Tensors },
): StepParts {
  const sizes = wholeWindows(spec, limits);
  const { context, makeFeeds } = createStepContext(sizes, true, inside?.place);
  const model = buildForward(context, spec, inside?.tensors ?? layoutInputs(context.graph, layout));
  return {
    ...stepLoss(context, model, lossConfig),
    context,
    parameters: layout.entries.map(({ name }) => model.tensor(name)),
    buffers: layout.buffers.map(({ name }) => model.forward.buffers.get(name)!),
    feeds(batch, key) {
      checkFit(batch, sizes, spec);
      return makeFeeds(batch, key);
    },
  };
}

/** The model on the batch's features, padding cleared. */
export function buildForward(context: StepContext, spec: ModelSpec, tensor: Tensors) {
  const { sizes } = context;
  const features = context.hostInput('features', [sizes.batch, 1, sizes.frames, spec.bins], 'float32', (batch) =>
    padFeatures(batch, sizes),
  );
  const forward: TrainingForward = models[spec.config.type].training(context, spec, tensor, features);
  return { spec, tensor, forward };
}

/** Zero on every padded frame, whatever the batch holds there. */
function padFeatures(batch: Batch, sizes: StepSizes): Float32Array {
  const padded = new Float32Array(sizes.batch * sizes.frames * batch.bins);
  for (let b = 0; b < batch.batch; b++) {
    const from = b * batch.frames * batch.bins;
    const valid = validFrames(batch, b, (frames) => frames) * batch.bins;
    padded.set(batch.features.subarray(from, from + valid), b * sizes.frames * batch.bins);
  }
  return padded;
}

/** Sizes whose frames every pool divides, which is the case its fast form is for. */
function wholeWindows(spec: ModelSpec, sizes: StepSizes): StepSizes {
  const stride = timeStride(spec.config);
  return { ...sizes, frames: Math.ceil(sizes.frames / stride) * stride };
}

/** Refuses a batch the graph is not made for. */
function checkFit(batch: Batch, sizes: StepSizes, spec: ModelSpec): void {
  const longest = Math.max(...batch.tokens.map((tokens) => tokens.length));
  const fits = batch.batch <= sizes.batch && batch.frames <= sizes.frames && longest <= sizes.maxTokens;
  if (fits && batch.bins === spec.bins) return;
  const given = `${batch.batch} × ${batch.frames} frames × ${batch.bins} bins, ${longest} tokens`;
  throw new Error(`a batch of ${given} does not fit a step graph for ${JSON.stringify(sizes)}`);
}
