import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { lossScaleInput } from '../../nn/mixedPrecision.ts';
import { buildStepGraph, type StepGraph } from '../../nn/trainingStep.ts';
import type { StepOptions, StepResult, TrainingBatch } from '../../training/executor.ts';
import type { TrainingSetup } from './protocol.ts';
import { type Sessions, sessionOptions, toTensor } from './sessions.ts';
import type { Weights } from './weights.ts';

export interface BatchGradient {
  /** Mean over the utterances of all batches. */
  loss: number;
  utteranceLosses: Float32Array;
  utteranceGradients: Float32Array;
  gradientNorm: number;
  /** Of all ranks, where there are several. */
  utterances?: number;
  components?: StepResult['components'];
}

/** The sessions of a run's batch shapes. */
export interface GradientRunner {
  /** Leaves the gradient in the optimizer's `gradient` and the new running statistics in the weights' `buffers`; without batches the gradient is 0. */
  run(batches: readonly TrainingBatch[], options: StepOptions): Promise<BatchGradient>;
}

export function createGradientRunner(setup: TrainingSetup, weights: Weights, sessions: Sessions): GradientRunner {
  const graphs = new Map<string, Pick<StepGraph, 'feeds'>>();
  const vectors = { total: new Float32Array(weights.layout.total), buffers: weights.buffers.slice() };
  const runBatch = async (batch: TrainingBatch, options: StepOptions): Promise<BatchGradient> => {
    const { rows, frames, maxTokens } = batch.shape;
    const key = `${rows}×${frames}×${maxTokens}`;
    const session = await sessions.get(key, () => {
      const { bytes, feeds } = buildStepGraph(
        setup.spec,
        weights.layout,
        { batch: rows, frames, maxTokens },
        setup.loss,
        setup.precision,
      );
      graphs.set(key, { feeds });
      return { bytes, options: sessionOptions(setup.threads) };
    });
    return runGradient(weights, vectors.buffers, { sessions, session, graph: graphs.get(key)!, batch, options });
  };
  return {
    run: (batches, options) =>
      batches.length === 1
        ? runBatch(batches[0]!, options)
        : accumulate(weights, vectors.total, batches, (batch) => runBatch(batch, options)),
  };
}

interface GradientRun {
  sessions: Sessions;
  session: InferenceSession;
  graph: Pick<StepGraph, 'feeds'>;
  batch: TrainingBatch;
  options: StepOptions;
}

/** Outputs are written to `freshBuffers` first, never over what the same run reads. */
async function runGradient(
  weights: Weights,
  freshBuffers: Float32Array,
  { sessions, session, graph, batch, options: { seed, step } }: GradientRun,
): Promise<BatchGradient> {
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) if (weights.feeds[name]) feeds[name] = weights.feeds[name];
  for (const [name, feed] of Object.entries(graph.feeds(batch, { seed, step }))) feeds[name] = toTensor(feed);
  if (weights.lossScale) feeds[lossScaleInput] = new Tensor('float32', [weights.lossScale.scale], []);
  const loss = new Float32Array(1);
  const gradientNorm = new Float32Array(1);
  const utteranceLosses = new Float32Array(batch.shape.rows);
  const utteranceGradients = new Float32Array(batch.shape.rows);
  const { gradient } = weights.optimizer;
  const fetches: Record<string, Tensor> = {
    loss: new Tensor('float32', loss, shapeOf(session, 'loss')),
    utteranceLoss: new Tensor('float32', utteranceLosses, [batch.shape.rows]),
    utteranceGradient: new Tensor('float32', utteranceGradients, [batch.shape.rows]),
    gradientNorm: new Tensor('float32', gradientNorm, shapeOf(session, 'gradientNorm')),
    gradients: new Tensor('float32', gradient, [gradient.length]),
  };
  if (session.outputNames.includes('buffers'))
    fetches.buffers = new Tensor('float32', freshBuffers, [freshBuffers.length]);
  const parts = { ctc: new Float32Array(1), attention: new Float32Array(1) };
  const joint = session.outputNames.includes('ctcLoss');
  if (joint) {
    fetches.ctcLoss = new Tensor('float32', parts.ctc, shapeOf(session, 'ctcLoss'));
    fetches.attentionLoss = new Tensor('float32', parts.attention, shapeOf(session, 'attentionLoss'));
  }
  await sessions.run(session, feeds, fetches);
  if (fetches.buffers) weights.buffers.set(freshBuffers);
  return {
    loss: loss[0]!,
    utteranceLosses: utteranceLosses.subarray(0, batch.batch),
    utteranceGradients: utteranceGradients.subarray(0, batch.batch),
    gradientNorm: gradientNorm[0]!,
    ...(joint ? { components: { ctc: parts.ctc[0]!, attention: parts.attention[0]! } } : {}),
  };
}

function shapeOf(session: InferenceSession, output: string): number[] {
  const metadata = session.outputMetadata.find(({ name }) => name === output);
  return metadata?.isTensor ? metadata.shape.map(Number) : [];
}

/** Gradients of several batches as if they were one: each batch counts by its utterances. */
async function accumulate(
  weights: Weights,
  total: Float32Array,
  batches: readonly TrainingBatch[],
  run: (batch: TrainingBatch) => Promise<BatchGradient>,
): Promise<BatchGradient> {
  const { gradient } = weights.optimizer;
  const utterances = batches.reduce((sum, { batch }) => sum + batch, 0);
  const utteranceLosses = new Float32Array(utterances);
  const utteranceGradients = new Float32Array(utterances);
  let loss = 0;
  let row = 0;
  let components: BatchGradient['components'];
  total.fill(0);
  for (const batch of batches) {
    const result = await run(batch);
    const share = batch.batch / utterances;
    loss += result.loss * share;
    if (result.components) {
      components ??= { ctc: 0, attention: 0 };
      components.ctc += result.components.ctc * share;
      components.attention += result.components.attention * share;
    }
    utteranceLosses.set(result.utteranceLosses, row);
    utteranceGradients.set(
      result.utteranceGradients.map((squares) => squares * share * share),
      row,
    );
    row += batch.batch;
    for (let i = 0; i < total.length; i++) total[i]! += gradient[i]! * share;
  }
  let squares = 0;
  for (let i = 0; i < total.length; i++) squares += total[i]! * total[i]!;
  gradient.set(total);
  const gradientNorm = Math.sqrt(squares);
  return { loss, utteranceLosses, utteranceGradients, gradientNorm, ...(components ? { components } : {}) };
}
