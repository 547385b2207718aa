import type { Tensor } from 'onnxruntime-node';
import type { Feed } from '../../nn/batch.ts';
import {
  type BatchOptions,
  buildDeviceGraph,
  buildDeviceLoop,
  type DeviceGraph,
} from '../../nn/device/deviceGraphs.ts';
import type { DeviceStepConfig } from '../../nn/device/deviceStep.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import type { BatchShape, StepRequest, StepResult, TrainingBatch } from '../../training/executor.ts';
import type { DeviceProvider } from './deviceProviders.ts';
import { createDeviceWeights, type DeviceWeights } from './deviceWeights.ts';
import type { TrainingSetup } from './protocol.ts';
import { createSessionCache, type Sessions, sessionLimit, toTensor } from './sessions.ts';
import { createTrainingHost, type TrainingHost } from './trainingHost.ts';

/** Training with the update in the graph and state on the device, as far as its provider can keep it there. */
export function createDeviceHost(setup: TrainingSetup, provider: DeviceProvider): TrainingHost {
  const layout = layoutParameters(setup.spec);
  const config: DeviceStepConfig = {
    spec: setup.spec,
    layout,
    loss: setup.loss,
    optimizer: setup.optimizer,
    precision: setup.precision,
    accumulates: setup.accumulate > 1,
    averages: setup.emaDecay > 0,
  };
  // Evaluation is the CPU's, from weights fetched once after training moved on.
  const host = createTrainingHost({ ...setup, device: 'cpu' });
  const weights = createDeviceWeights(config, setup, provider, host.snapshot());
  const runnerWith = (sessions: Sessions) => createRunner(setup, config, provider, { weights, sessions });
  const own = runnerWith(createSessionCache(sessionLimit));
  let runner = own;
  let stale = false;
  const run = async (steps: readonly StepRequest[]) => {
    stale = true;
    const startMs = performance.now();
    const results = await runSteps(runner, provider.batchesPerRun, steps);
    const graphMs = (performance.now() - startMs) / steps.length;
    return results.map((result) => ({ ...result, timings: { graphMs } }));
  };
  return {
    step: async (batches, options) => (await run([{ batches, options }]))[0]!,
    steps: run,
    async evaluate(batch) {
      if (stale) host.restore(await weights.snapshot());
      stale = false;
      return host.evaluate(batch);
    },
    snapshot: () => weights.snapshot(),
    restore(snapshot) {
      // What the checkpoint's state does not fit, the host mends: another optimizer, an average that begins now.
      host.restore(snapshot);
      weights.restore(host.snapshot());
      stale = false;
    },
    useSessions(sessions) {
      runner = sessions ? runnerWith(sessions) : own;
    },
  };
}

interface BatchRequest {
  batch: TrainingBatch;
  options: BatchOptions;
}

interface BatchResult {
  loss: number;
  utteranceLosses: Float32Array;
  gradientNorm: number;
  updated: boolean;
  components?: { ctc: number; attention: number };
  lossScale?: number;
}

type Runner = (batches: readonly BatchRequest[]) => Promise<BatchResult[]>;

/** Steps as their batches, so many per run as the provider likes; what is left over runs one by one. */
async function runSteps(runner: Runner, perRun: number, steps: readonly StepRequest[]): Promise<StepResult[]> {
  const batches = steps.flatMap(({ batches, options }) => {
    const utterances = batches.reduce((sum, { batch }) => sum + batch, 0);
    return batches.map((batch, i) => ({
      batch,
      options: { ...options, share: batch.batch / utterances, last: i === batches.length - 1 },
    }));
  });
  const results: BatchResult[] = [];
  while (results.length < batches.length) {
    const left = batches.length - results.length;
    results.push(...(await runner(batches.slice(results.length, results.length + (left >= perRun ? perRun : 1)))));
  }
  return steps.map(({ batches }) => joined(results.splice(0, batches.length), batches));
}

/** One step from its batches: each counts by its utterances, the last one made the update. */
function joined(results: readonly BatchResult[], batches: readonly TrainingBatch[]): StepResult {
  const utterances = batches.reduce((sum, { batch }) => sum + batch, 0);
  const weigh = (value: (result: BatchResult) => number) =>
    results.reduce((sum, result, i) => sum + (value(result) * batches[i]!.batch) / utterances, 0);
  const utteranceLosses = new Float32Array(utterances);
  let row = 0;
  for (const result of results) {
    utteranceLosses.set(result.utteranceLosses, row);
    row += result.utteranceLosses.length;
  }
  const { gradientNorm, updated, lossScale } = results.at(-1)!;
  const components = results.every((result) => result.components) && {
    ctc: weigh((result) => result.components!.ctc),
    attention: weigh((result) => result.components!.attention),
  };
  return {
    loss: weigh(({ loss }) => loss),
    utteranceLosses,
    gradientNorm,
    updated,
    ...(components ? { components } : {}),
    ...(lossScale === undefined ? {} : { lossScale }),
  };
}

function createRunner(
  setup: TrainingSetup,
  config: DeviceStepConfig,
  provider: DeviceProvider,
  { weights, sessions }: { weights: DeviceWeights; sessions: Sessions },
): Runner {
  const graphs = new Map<string, DeviceGraph>();
  return async (batches) => {
    const { rows, frames, maxTokens } = largest(batches.map(({ batch }) => batch.shape));
    const key = `${batches.length}×${rows}×${frames}×${maxTokens}`;
    const session = await sessions.get(key, () => {
      const sizes = { batch: rows, frames, maxTokens };
      const graph =
        batches.length === 1
          ? buildDeviceGraph(config, sizes, setup.emaDecay)
          : buildDeviceLoop(config, sizes, batches.length, setup.emaDecay);
      graphs.set(key, { ...graph, bytes: new Uint8Array(0) });
      const kept = provider.keepsState ? Object.values(graph.stateOutputs) : [];
      return { bytes: graph.bytes, options: provider.options(setup.threads, kept, graph.hostNodes) };
    });
    const graph = graphs.get(key)!;
    const feeds: Record<string, Tensor> = { ...weights.tensors() };
    const made: Record<string, Feed> = graph.feeds(batches, weights.updates);
    for (const [name, feed] of Object.entries(made)) feeds[name] = toTensor(feed);
    const outputs = await sessions.run(session, feeds);
    const results = batches.map(({ batch }, i) => resultOf(outputs, i, rows, batch.batch));
    const updates = results.filter(({ updated }, i) => updated && batches[i]!.options.last).length;
    weights.take(
      Object.fromEntries(Object.entries(graph.stateOutputs).map(([to, from]) => [to, outputs[from]!])),
      updates,
    );
    return results;
  };
}

function largest(shapes: readonly BatchShape[]): BatchShape {
  const most = (size: (shape: BatchShape) => number) => Math.max(...shapes.map(size));
  return {
    rows: most(({ rows }) => rows),
    frames: most(({ frames }) => frames),
    maxTokens: most(({ maxTokens }) => maxTokens),
  };
}

/** Row `index` of what a run gave, one per batch. */
function resultOf(outputs: Readonly<Record<string, Tensor>>, index: number, rows: number, batch: number): BatchResult {
  const number = (name: string) => (outputs[name]!.data as Float32Array)[index]!;
  const perUtterance = outputs.utteranceLoss!.data as Float32Array;
  return {
    loss: number('loss'),
    utteranceLosses: perUtterance.slice(index * rows, index * rows + batch),
    gradientNorm: number('gradientNorm'),
    updated: number('updated') > 0,
    ...(outputs.attentionLoss ? { components: { ctc: number('ctcLoss'), attention: number('attentionLoss') } } : {}),
    ...(outputs.stepLossScale ? { lossScale: number('stepLossScale') } : {}),
  };
}
