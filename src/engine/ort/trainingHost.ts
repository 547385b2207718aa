import type { Batch } from '../../nn/batch.ts';
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
import { toInput } from './batchInput.ts';
import { createGradientRunner } from './gradientRunner.ts';
import { runModel } from './inferenceHost.ts';
import type { TrainingSetup } from './protocol.ts';
import { createSession } from './sessions.ts';
import { createWeights } from './weights.ts';

/** Weights, optimizer state and sessions of one run, inside the process that computes. */
export interface TrainingHost {
  step(batches: readonly TrainingBatch[], options: StepOptions): Promise<StepResult>;
  /** Several steps one after another, which some devices do in fewer runs. */
  steps(requests: readonly StepRequest[]): Promise<StepResult[]>;
  evaluate(batch: Batch): Promise<Evaluation>;
  snapshot(): Snapshot | Promise<Snapshot>;
  restore(snapshot: Snapshot): void;
}

/** On the CPU, with the update outside the graph. */
export interface CpuTrainingHost extends TrainingHost {
  snapshot(): Snapshot;
}

export function createTrainingHost(setup: TrainingSetup): CpuTrainingHost {
  const weights = createWeights(setup);
  const runner = createGradientRunner(setup, weights);
  let evaluation: ReturnType<typeof createSession> | undefined;
  const host: CpuTrainingHost = {
    async step(batches, options) {
      const before = weights.buffers.slice();
      const { loss, utteranceLosses, gradientNorm, components } = await runner.run(batches, options);
      const updated = Number.isFinite(loss) && Number.isFinite(gradientNorm);
      if (updated) weights.update(options.learningRate, clipScale(gradientNorm, setup.optimizer.clipNorm));
      else weights.buffers.set(before);
      const lossScale = weights.lossScale?.scale;
      if (weights.lossScale) weights.lossScale = nextLossScale(weights.lossScale, updated);
      return {
        ...{ loss, utteranceLosses, gradientNorm, updated },
        ...(components ? { components } : {}),
        ...(lossScale === undefined ? {} : { lossScale }),
      };
    },
    async steps(requests) {
      const results: StepResult[] = [];
      for (const { batches, options } of requests) results.push(await host.step(batches, options));
      return results;
    },
    async evaluate(batch) {
      evaluation ??= createSession(buildInferenceGraph(setup.spec, { layout: weights.layout }), setup.threads);
      return runModel(await evaluation, toInput(batch), weights.evaluationFeeds());
    },
    snapshot: () => weights.snapshot(),
    restore: (snapshot) => weights.restore(snapshot),
  };
  return host;
}
