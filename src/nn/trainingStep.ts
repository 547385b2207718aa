import { gradients } from '../graph/autodiff.ts';
import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { concat, identity, reduceSumSquare, reshape, sqrt } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import { timeStride } from '../shared/config/derived.ts';
import type { Batch, Feed } from './batch.ts';
import {
  createStepContext,
  type StepContext,
  type StepKey,
  type StepSizes,
  validFrames,
} from './layers/stepContext.ts';
import { layoutInputs } from './layoutInputs.ts';
import type { ModelSpec } from './modelSpec.ts';
import type { TrainingForward } from './models/crnnTraining.ts';
import { models } from './models/index.ts';
import type { ParameterLayout } from './parameterLayout.ts';
import { type LossConfig, plainCtc, stepLoss } from './stepLoss.ts';

export interface StepGraph {
  /** The ONNX model: forward, loss and backward of one batch. */
  bytes: Uint8Array;
  /** Every input but parameters and buffers, which are named as in the layout and shaped by it. */
  feeds(batch: Batch, key: StepKey): Record<string, Feed>;
  outputs: {
    /** Sum of the utterances' losses / number of utterances, []. */
    loss: 'loss';
    /** [batch]; 0 for an utterance that cannot be spelled in its frames. */
    utteranceLoss: 'utteranceLoss';
    /** In the layout's order, [total]. */
    gradients: 'gradients';
    /** Euclidean norm of the gradient before clipping, []. */
    gradientNorm: 'gradientNorm';
    /** New running statistics in the layout's order, [bufferTotal]; absent when the model has none. */
    buffers: 'buffers';
    /** Means over the utterances of the parts of the loss before weighing, []; absent without a decoder. */
    ctcLoss: 'ctcLoss';
    attentionLoss: 'attentionLoss';
  };
}

const outputNames = {
  loss: 'loss',
  utteranceLoss: 'utteranceLoss',
  gradients: 'gradients',
  gradientNorm: 'gradientNorm',
  buffers: 'buffers',
  ctcLoss: 'ctcLoss',
  attentionLoss: 'attentionLoss',
} as const;

/** Builds the graph of one training step for batches up to the given sizes. */
export function buildStepGraph(
  spec: ModelSpec,
  layout: ParameterLayout,
  limits: StepSizes,
  lossConfig: LossConfig = plainCtc,
): StepGraph {
  const sizes = wholeWindows(spec, limits);
  const { context, makeFeeds } = createStepContext(sizes, true);
  const { parameters, tensor, forward } = buildForward(context, spec, layout);
  const { loss, utteranceLoss, components } = stepLoss(context, { spec, tensor, forward }, lossConfig);
  const flat = concatenated(gradients(loss, parameters));
  const gradientNorm = sqrt(reduceSumSquare(flat, [0]));
  const updated = layout.buffers.map((entry) => forward.buffers.get(entry.name)!);
  const bytes = writeOnnx({
    outputs: {
      loss,
      utteranceLoss,
      gradients: flat,
      gradientNorm,
      ...components,
      ...(updated.length > 0 ? { buffers: concatenated(updated) } : {}),
    },
  });
  const feeds = (batch: Batch, key: StepKey) => {
    checkFit(batch, sizes, spec);
    return makeFeeds(batch, key);
  };
  return { bytes, feeds, outputs: outputNames };
}

/** The same forward pass with running statistics and no dropout, logits as [frames, batch, vocabulary]: the oracle of exports. */
export function buildEvaluationGraph(spec: ModelSpec, layout: ParameterLayout, sizes: StepSizes) {
  const { context, makeFeeds } = createStepContext(sizes, false);
  const { forward } = buildForward(context, spec, layout);
  const bytes = writeOnnx({ outputs: { logits: identity(forward.logits) } });
  return { bytes, feeds: (batch: Batch) => makeFeeds(batch, { seed: 0, step: 0 }) };
}

function buildForward(context: StepContext, spec: ModelSpec, layout: ParameterLayout) {
  const { graph, sizes } = context;
  const tensor = layoutInputs(graph, layout);
  const features = context.hostInput('features', [sizes.batch, 1, sizes.frames, spec.bins], 'float32', (batch) =>
    padFeatures(batch, sizes),
  );
  const forward: TrainingForward = models[spec.config.type].training(context, spec, tensor, features);
  return { parameters: layout.entries.map((entry) => tensor(entry.name)), tensor, forward };
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

function concatenated(values: readonly Value[]): Value {
  const flat = values.map((value) => reshape(value, [-1]));
  return flat.length === 1 ? flat[0]! : concat(flat, 0);
}
