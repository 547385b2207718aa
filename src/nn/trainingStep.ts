import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { add, concat, identity, reduceSumSquare, reshape, sqrt } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Batch, Feed } from './batch.ts';
import { createStepContext, type StepKey, type StepSizes } from './layers/stepContext.ts';
import { layoutInputs } from './layoutInputs.ts';
import { inPrecision, lossGradients, type Precision } from './mixedPrecision.ts';
import type { ModelSpec } from './modelSpec.ts';
import type { ParameterLayout } from './parameterLayout.ts';
import { type LossConfig, plainCtc } from './stepLoss.ts';
import { buildForward, buildStepParts } from './stepParts.ts';

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
    /** Squared norm of each utterance's part of the gradient of `loss` at the logits, summed over CTC's and the decoder's, [batch]. */
    utteranceGradient: 'utteranceGradient';
    /** In the layout's order, [total]. */
    gradients: 'gradients';
    /** Euclidean norm of the gradient before clipping, []. */
    gradientNorm: 'gradientNorm';
    /** New running statistics in the layout's order, [bufferTotal]; absent when the model has none. */
    buffers: 'buffers';
    /** Means over the utterances of the parts of the loss before weighing, []; absent where the loss is one of them. */
    ctcLoss: 'ctcLoss';
    attentionLoss: 'attentionLoss';
  };
}

const outputNames = {
  loss: 'loss',
  utteranceLoss: 'utteranceLoss',
  utteranceGradient: 'utteranceGradient',
  gradients: 'gradients',
  gradientNorm: 'gradientNorm',
  buffers: 'buffers',
  ctcLoss: 'ctcLoss',
  attentionLoss: 'attentionLoss',
} as const;

/**
 * Builds the graph of one training step for batches up to the given sizes. With fp16 it has one more input, `lossScale`
 * []; loss, gradients and norm are unscaled fp32 all the same.
 */
export function buildStepGraph(...args: Parameters<typeof stepValues>): StepGraph {
  const { outputs, feeds } = stepValues(...args);
  return { bytes: writeOnnx({ outputs }), feeds, outputs: outputNames };
}

/** The same before it is written; analysis looks at what it will take. */
export function stepValues(
  spec: ModelSpec,
  layout: ParameterLayout,
  limits: StepSizes,
  lossConfig: LossConfig = plainCtc,
  precision: Precision = 'fp32',
): { outputs: Record<string, Value>; feeds: StepGraph['feeds'] } {
  const { context, loss, utteranceLoss, components, logits, parameters, buffers, feeds } = buildStepParts(
    spec,
    layout,
    limits,
    lossConfig,
  );
  const { graph } = context;
  // The logits lie between parameters and loss, so their gradient is made on the way.
  const { gradients, unscale } = lossGradients(loss, [...parameters, ...logits], precision);
  const atLogits = gradients.slice(parameters.length);
  const outputs = {
    loss,
    utteranceLoss,
    utteranceGradient: graph.scope('loss', () => perUtterance(atLogits, unscale)),
    ...graph.scope('gradients', () => {
      const flat = unscale(concatenated(gradients.slice(0, parameters.length)));
      return { gradients: flat, gradientNorm: sqrt(reduceSumSquare(flat, [0])) };
    }),
    ...components,
    ...(buffers.length > 0 ? { buffers: graph.scope('statistics', () => concatenated(buffers)) } : {}),
  };
  return { outputs: inPrecision(outputs, precision), feeds };
}

/** Squared norms of gradients [frames or steps, batch, vocabulary], summed per utterance, [batch]. */
const perUtterance = (atLogits: readonly Value[], unscale: (gradient: Value) => Value): Value =>
  atLogits.map((gradient) => reduceSumSquare(unscale(gradient), [0, 2])).reduce((sum, squares) => add(sum, squares));

/** The same forward pass with running statistics and no dropout, logits as [frames, batch, vocabulary]: the oracle of exports. */
export function buildEvaluationGraph(spec: ModelSpec, layout: ParameterLayout, sizes: StepSizes) {
  const { context, makeFeeds } = createStepContext(sizes, false);
  const { forward } = buildForward(context, spec, layoutInputs(context.graph, layout));
  const bytes = writeOnnx({ outputs: { logits: identity(forward.logits) } });
  return { bytes, feeds: (batch: Batch) => makeFeeds(batch, { seed: 0, step: 0 }) };
}

/** One after another, flat. */
export function concatenated(values: readonly Value[]): Value {
  const flat = values.map((value) => reshape(value, [-1]));
  return flat.length === 1 ? flat[0]! : concat(flat, 0);
}
