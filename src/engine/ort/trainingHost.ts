import { Tensor } from 'onnxruntime-node';
import type { Batch } from '../../nn/batch.ts';
import { buildInferenceGraph } from '../../nn/inferenceGraph.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import { clipScale } from '../../nn/optimizers/adamw.ts';
import { createAdamwMemory } from '../../nn/optimizers/adamwMemory.ts';
import { initializeBuffers, initializeParameters } from '../../nn/parameterLayout.ts';
import { buildStepGraph, type StepGraph } from '../../nn/trainingStep.ts';
import type { Evaluation, Snapshot, StepOptions, StepResult, TrainingBatch } from '../../training/executor.ts';
import { toInput } from './batchInput.ts';
import { runModel } from './inferenceHost.ts';
import type { TrainingSetup } from './protocol.ts';
import { createSession, createSessionCache, toTensor } from './sessions.ts';

/** Weights, optimizer state and sessions of one run, inside the process that computes. */
export interface TrainingHost {
  step(batches: readonly TrainingBatch[], options: StepOptions): Promise<StepResult>;
  evaluate(batch: Batch): Promise<Evaluation>;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

const sessionLimit = 64;

type Weights = ReturnType<typeof createWeights>;

export function createTrainingHost(setup: TrainingSetup): TrainingHost {
  const weights = createWeights(setup);
  const cache = createSessionCache(setup.threads, sessionLimit);
  const graphs = new Map<string, Pick<StepGraph, 'feeds'>>();
  const runStep = async (batch: TrainingBatch, options: StepOptions): Promise<BatchGradient> => {
    const { rows, frames, maxTokens } = batch.shape;
    const key = `${rows}×${frames}×${maxTokens}`;
    const session = await cache.get(key, () => {
      const { bytes, feeds } = buildStepGraph(setup.spec, weights.layout, { batch: rows, frames, maxTokens });
      graphs.set(key, { feeds });
      return bytes;
    });
    return runGradient(weights, session, graphs.get(key)!, batch, options);
  };
  let evaluation: ReturnType<typeof createSession> | undefined;
  return {
    async step(batches, options) {
      const before = weights.buffers.slice();
      const { loss, utteranceLosses, gradientNorm } = await accumulate(weights, batches, (b) => runStep(b, options));
      const updated = Number.isFinite(loss) && Number.isFinite(gradientNorm);
      if (updated) update(weights, setup, options.learningRate, gradientNorm);
      else weights.buffers.set(before);
      return { loss, utteranceLosses, gradientNorm, updated };
    },
    async evaluate(batch) {
      evaluation ??= createSession(buildInferenceGraph(setup.spec, { layout: weights.layout }), setup.threads);
      return runModel(await evaluation, toInput(batch), weights.feeds);
    },
    snapshot: () => ({
      parameters: weights.parameters.slice(),
      buffers: weights.buffers.slice(),
      firstMoment: weights.memory.firstMoment.slice(),
      secondMoment: weights.memory.secondMoment.slice(),
      updates: weights.updates,
    }),
    restore(snapshot) {
      weights.parameters.set(snapshot.parameters);
      weights.buffers.set(snapshot.buffers);
      weights.memory.firstMoment.set(snapshot.firstMoment);
      weights.memory.secondMoment.set(snapshot.secondMoment);
      weights.updates = snapshot.updates;
    },
  };
}

/** Flat vectors, and tensors that are views of them, so that an update in place is seen by every session. */
function createWeights({ spec, seed }: TrainingSetup) {
  const layout = layoutParameters(spec);
  const memory = createAdamwMemory(layout);
  const { parameters } = memory;
  parameters.set(initializeParameters(layout, seed));
  const buffers = initializeBuffers(layout);
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape, offset, size } of layout.entries)
    feeds[name] = new Tensor('float32', parameters.subarray(offset, offset + size), shape);
  for (const { name, shape, offset, size } of layout.buffers)
    feeds[name] = new Tensor('float32', buffers.subarray(offset, offset + size), shape);
  return {
    layout,
    parameters,
    buffers,
    feeds,
    memory,
    updates: 0,
    /** Outputs are written here, never over what the same run reads. */
    gradient: memory.gradient,
    total: new Float32Array(layout.total),
    freshBuffers: new Float32Array(layout.bufferTotal),
  };
}

interface BatchGradient {
  loss: number;
  utteranceLosses: Float32Array;
  gradientNorm: number;
}

/** Leaves the gradient in `weights.gradient` and the new running statistics in `weights.buffers`. */
async function runGradient(
  weights: Weights,
  session: Awaited<ReturnType<typeof createSession>>,
  graph: Pick<StepGraph, 'feeds'>,
  batch: TrainingBatch,
  { seed, step }: StepOptions,
): Promise<BatchGradient> {
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) if (weights.feeds[name]) feeds[name] = weights.feeds[name];
  for (const [name, feed] of Object.entries(graph.feeds(batch, { seed, step }))) feeds[name] = toTensor(feed);
  const loss = new Float32Array(1);
  const gradientNorm = new Float32Array(1);
  const utteranceLosses = new Float32Array(batch.shape.rows);
  const fetches: Record<string, Tensor> = {
    loss: new Tensor('float32', loss, shapeOf(session, 'loss')),
    utteranceLoss: new Tensor('float32', utteranceLosses, [batch.shape.rows]),
    gradientNorm: new Tensor('float32', gradientNorm, shapeOf(session, 'gradientNorm')),
    gradients: new Tensor('float32', weights.gradient, [weights.gradient.length]),
  };
  if (session.outputNames.includes('buffers'))
    fetches.buffers = new Tensor('float32', weights.freshBuffers, [weights.freshBuffers.length]);
  await session.run(feeds, fetches);
  if (fetches.buffers) weights.buffers.set(weights.freshBuffers);
  return { loss: loss[0]!, utteranceLosses: utteranceLosses.subarray(0, batch.batch), gradientNorm: gradientNorm[0]! };
}

function shapeOf(session: Awaited<ReturnType<typeof createSession>>, output: string): number[] {
  const metadata = session.outputMetadata.find(({ name }) => name === output);
  return metadata?.isTensor ? metadata.shape.map(Number) : [];
}

/** Gradients of several batches as if they were one: each batch counts by its utterances. */
async function accumulate(
  weights: Weights,
  batches: readonly TrainingBatch[],
  run: (batch: TrainingBatch) => Promise<BatchGradient>,
): Promise<BatchGradient> {
  if (batches.length === 1) return run(batches[0]!);
  const utterances = batches.reduce((sum, { batch }) => sum + batch, 0);
  const utteranceLosses = new Float32Array(utterances);
  let loss = 0;
  let row = 0;
  weights.total.fill(0);
  for (const batch of batches) {
    const result = await run(batch);
    const share = batch.batch / utterances;
    loss += result.loss * share;
    utteranceLosses.set(result.utteranceLosses, row);
    row += batch.batch;
    for (let i = 0; i < weights.total.length; i++) weights.total[i]! += weights.gradient[i]! * share;
  }
  let squares = 0;
  for (let i = 0; i < weights.total.length; i++) squares += weights.total[i]! * weights.total[i]!;
  weights.gradient.set(weights.total);
  return { loss, utteranceLosses, gradientNorm: Math.sqrt(squares) };
}

function update(weights: Weights, { optimizer }: TrainingSetup, learningRate: number, gradientNorm: number): void {
  weights.updates++;
  weights.memory.update({
    learningRate,
    weightDecay: optimizer.weightDecay,
    update: weights.updates,
    gradientScale: clipScale(gradientNorm, optimizer.clipNorm),
  });
}
