import type { InferenceSession } from 'onnxruntime-node';
import type { Batch } from '../../nn/batch.ts';
import { buildDecoderGraph } from '../../nn/decoderGraph.ts';
import { buildInferenceGraph } from '../../nn/inferenceGraph.ts';
import { clipScale } from '../../nn/optimizers/adamw.ts';
import { nextLossScale } from '../../nn/optimizers/gradScaler.ts';
import type {
  Evaluation,
  Snapshot,
  StepOptions,
  StepRequest,
  StepResult,
  TrainingBatch,
} from '../../training/executor.ts';
import type { Mpi } from '../parallel/mpi.ts';
import { reduceStep } from '../parallel/reduceStep.ts';
import { runWithDecoder } from './attentionDecoder.ts';
import { toInput } from './batchInput.ts';
import { createGradientRunner } from './gradientRunner.ts';
import { runModel } from './inferenceHost.ts';
import type { InferenceBatch, TrainingSetup } from './protocol.ts';
import { createSession, createSessionCache, type Sessions, sessionLimit } from './sessions.ts';
import { createWeights, type Weights } from './weights.ts';

/** Weights, optimizer state and sessions of one run, inside the process that computes. */
export interface TrainingHost {
  step(batches: readonly TrainingBatch[], options: StepOptions): Promise<StepResult>;
  /** Several steps one after another, which some devices do in fewer runs. */
  steps(requests: readonly StepRequest[]): Promise<StepResult[]>;
  evaluate(batch: Batch): Promise<Evaluation>;
  snapshot(): Snapshot | Promise<Snapshot>;
  restore(snapshot: Snapshot): void;
  /** Steps run in these sessions, until told otherwise; undefined for the host's own. */
  useSessions(sessions: Sessions | undefined): void;
}

/** On the CPU, with the update outside the graph. */
export interface CpuTrainingHost extends TrainingHost {
  snapshot(): Snapshot;
}

/** With `mpi` each step is that of all ranks, and leaves the same weights on each. */
export function createTrainingHost(setup: TrainingSetup, mpi?: Mpi): CpuTrainingHost {
  const weights = createWeights(setup);
  const own = createGradientRunner(setup, weights, createSessionCache(sessionLimit));
  let runner = own;
  const evaluator = createEvaluator(setup, weights);
  const host: CpuTrainingHost = {
    async step(batches, options) {
      const before = weights.buffers.slice();
      const startMs = performance.now();
      const gradient = await runner.run(batches, options);
      const graphMs = performance.now() - startMs;
      const result = mpi ? reduceStep(mpi, weights, before, batches, gradient) : gradient;
      const { loss, utteranceLosses, utteranceGradients, gradientNorm, components, utterances } = result;
      const updated = utterances !== 0 && Number.isFinite(loss) && Number.isFinite(gradientNorm);
      const updateFromMs = performance.now();
      if (updated) weights.update(options.learningRate, clipScale(gradientNorm, setup.optimizer.clipNorm));
      else weights.buffers.set(before);
      const timings = { graphMs, updateMs: performance.now() - updateFromMs };
      const lossScale = weights.lossScale?.scale;
      if (weights.lossScale && utterances !== 0) weights.lossScale = nextLossScale(weights.lossScale, updated);
      return {
        ...{ loss, utteranceLosses, utteranceGradients, gradientNorm, updated, timings },
        ...(utterances === undefined ? {} : { utterances }),
        ...(components ? { components } : {}),
        ...(lossScale === undefined ? {} : { lossScale }),
      };
    },
    async steps(requests) {
      const results: StepResult[] = [];
      for (const { batches, options } of requests) results.push(await host.step(batches, options));
      return results;
    },
    evaluate: (batch) => evaluator(toInput(batch), batch.tokens),
    snapshot: () => weights.snapshot(),
    restore: (snapshot) => weights.restore(snapshot),
    useSessions(sessions) {
      runner = sessions ? createGradientRunner(setup, weights, sessions) : own;
    },
  };
  return host;
}

/** Text from CTC, or by a search with the decoder where the experiment asks for one; sessions are made at the first call. */
function createEvaluator({ spec, loss, decoding, threads }: TrainingSetup, weights: Weights) {
  const { layout } = weights;
  const forDecoder = decoding.type === 'attention' || decoding.type === 'joint';
  let sessions: Promise<InferenceSession[]> | undefined;
  const open = () => {
    const graphs = [buildInferenceGraph(spec, { layout, forDecoder })];
    if (forDecoder) graphs.push(buildDecoderGraph(spec, { layout }));
    return Promise.all(graphs.map((bytes) => createSession(bytes, threads)));
  };
  return async (input: InferenceBatch, tokens: readonly Int32Array[]): Promise<Evaluation> => {
    sessions ??= open();
    const [encoder, decoder] = (await sessions) as [InferenceSession, InferenceSession?];
    const feeds = weights.evaluationFeeds();
    if (!decoder) return runModel(encoder, input, feeds);
    const transcripts = loss.ctcWeight === 0 ? tokens : undefined;
    return runWithDecoder({ encoder, decoder }, input, decoding, { weights: feeds, transcripts });
  };
}
