import { createGraph } from '../../graph/graph.ts';
import { readNodeName } from '../../graph/onnx/names.ts';
import { writeOnnx } from '../../graph/onnx/writeOnnx.ts';
import { add, cast, gather, loop, mul } from '../../graph/ops/index.ts';
import type { DataType, Value } from '../../graph/value.ts';
import type { Batch, Feed } from '../batch.ts';
import type { StepKey, StepPlace, StepSizes } from '../layers/stepContext.ts';
import { adamCorrections } from '../optimizers/updateGraph.ts';
import { stateInputs } from './deviceState.ts';
import {
  type BatchScalars,
  buildDeviceStep,
  type DeviceStepConfig,
  type DeviceStepResult,
  stepState,
  type UpdateCountScalars,
} from './deviceStep.ts';

/** What the host says of one batch. */
export interface BatchOptions extends StepKey {
  learningRate: number;
  /** Of the step's utterances, 0 to 1. */
  share: number;
  /** Whether the step ends with this batch. */
  last: boolean;
}

export interface DeviceGraph {
  bytes: Uint8Array;
  /** Next state vectors by these names, then results of each batch: loss, utteranceLoss, gradientNorm, updated, parts. */
  stateOutputs: Record<string, string>;
  /** Inputs beside the state, for as many batches as the graph takes; `updates` is how many updates were made before. */
  feeds(batches: readonly { batch: Batch; options: BatchOptions }[], updates: number): Record<string, Feed>;
  /**
   * Nodes that a device without control flow leaves to the CPU in any case, named so that what they consist of goes
   * with them: the bodies of scans, and all of the loss, whose scan reads and feeds the rest.
   */
  hostNodes: string[];
}

const nextName = (vector: string) => `next.${vector}`;

/** A graph before it is written. */
export interface DeviceValues extends Pick<DeviceGraph, 'feeds'> {
  outputs: Record<string, Value>;
  vectors: string[];
}

/** A graph of one batch: state vectors in, state vectors out. */
export const buildDeviceGraph = (config: DeviceStepConfig, sizes: StepSizes, averageDecay = 0): DeviceGraph =>
  written(deviceStepValues(config, sizes, averageDecay));

/**
 * A graph of several batches of one size in an ONNX Loop, for devices whose outputs always come back to the host: state
 * crosses once per run instead of once per batch. Equal to as many runs of `buildDeviceGraph`.
 */
export const buildDeviceLoop = (
  config: DeviceStepConfig,
  sizes: StepSizes,
  count: number,
  averageDecay = 0,
): DeviceGraph => written(deviceLoopValues(config, sizes, count, averageDecay));

function written({ outputs, vectors, feeds }: DeviceValues): DeviceGraph {
  const hostNodes: string[] = [];
  const bytes = writeOnnx({ outputs, onNode: collectHostNodes(hostNodes) });
  return { bytes, hostNodes, feeds, stateOutputs: Object.fromEntries(vectors.map((name) => [name, nextName(name)])) };
}

export function deviceStepValues(config: DeviceStepConfig, sizes: StepSizes, averageDecay = 0): DeviceValues {
  const graph = createGraph();
  const vectors = stepState(config).vectors.map(({ name }) => name);
  const state = stateInputs(graph, stepState(config).vectors);
  const scalar = (name: string) => graph.input(name, []);
  const scalars = { ...batchScalars(config, scalar), ...countScalars(config, scalar) };
  const { next, outputs, feeds } = buildDeviceStep(config, sizes, { graph, input: graph.input }, state, scalars);
  return {
    vectors,
    outputs: { ...Object.fromEntries(vectors.map((name) => [nextName(name), next[name]!])), ...outputs },
    feeds([given], updates) {
      const { batch, options } = given!;
      const numbers = { ...batchNumbers(config, options), ...countNumbers(config, updates, averageDecay) };
      const ofScalars = Object.entries(numbers).map(([name, value]) => [name, vector([value], [])] as const);
      return { ...feeds(batch, options), ...Object.fromEntries(ofScalars) };
    },
  };
}

export function deviceLoopValues(
  config: DeviceStepConfig,
  sizes: StepSizes,
  count: number,
  averageDecay = 0,
): DeviceValues {
  const graph = createGraph();
  const vectors = stepState(config).vectors.map(({ name }) => name);
  const state = stateInputs(graph, stepState(config).vectors);
  let step: DeviceStepResult | undefined;
  const row = (name: string, shape: readonly number[], dtype: DataType, index: Value) =>
    gather(graph.input(name, [count, ...shape], dtype), index, 0);
  const results = loop({
    count,
    states: [...vectors.map((name) => state[name]!), graph.constant(0, [], 'int64')],
    step(states, iteration) {
      const made = states.at(-1)!;
      const input: StepPlace['input'] = (name, shape, dtype) => row(name, shape, dtype, iteration);
      const scalars = {
        ...batchScalars(config, (name) => row(name, [], 'float32', iteration)),
        ...countScalars(config, (name) => row(name, [], 'float32', made)),
      };
      const before = Object.fromEntries(vectors.map((name, i) => [name, states[i]!]));
      step = buildDeviceStep(config, sizes, { graph: iteration.graph, input }, before, scalars);
      const { updated } = step.outputs as { updated: Value };
      const counted = cast(scalars.apply ? mul(updated, scalars.apply) : updated, 'int64');
      return {
        states: [...vectors.map((name) => step!.next[name]!), add(made, counted)],
        outputs: Object.values(step.outputs),
      };
    },
  });
  const { feeds, outputs } = step!;
  return {
    vectors,
    outputs: Object.fromEntries([
      ...vectors.map((name, i) => [nextName(name), results.states[i]!] as const),
      ...Object.keys(outputs).map((name, i) => [name, results.outputs[i]!] as const),
    ]),
    feeds: (batches, updates) => stacked(config, batches, updates, averageDecay, feeds),
  };
}

function batchScalars({ accumulates }: DeviceStepConfig, scalar: (name: string) => Value): BatchScalars {
  const learningRate = scalar('learningRate');
  return accumulates ? { learningRate, share: scalar('share'), apply: scalar('apply') } : { learningRate };
}

function countScalars({ averages }: DeviceStepConfig, scalar: (name: string) => Value): UpdateCountScalars {
  const corrections = {
    firstCorrection: scalar('firstCorrection'),
    secondCorrection: scalar('secondCorrection'),
  };
  return averages ? { ...corrections, averageShare: scalar('averageShare') } : corrections;
}

function batchNumbers({ accumulates }: DeviceStepConfig, { learningRate, share, last }: BatchOptions) {
  return accumulates ? { learningRate, share, apply: last ? 1 : 0 } : { learningRate };
}

/** For the update after so many. */
function countNumbers({ averages }: DeviceStepConfig, updates: number, averageDecay: number) {
  const corrections = adamCorrections(updates + 1);
  return averages ? { ...corrections, averageShare: updates === 0 ? 1 : 1 - averageDecay } : corrections;
}

function stacked(
  config: DeviceStepConfig,
  batches: readonly { batch: Batch; options: BatchOptions }[],
  updates: number,
  averageDecay: number,
  feedsOf: (batch: Batch, key: StepKey) => Record<string, Feed>,
): Record<string, Feed> {
  const feeds: Record<string, Feed> = {};
  const perBatch = batches.map(({ batch, options }) => feedsOf(batch, options));
  for (const [name, { shape, dtype }] of Object.entries(perBatch[0]!))
    feeds[name] = { data: stack(perBatch.map((each) => each[name]!.data)), shape: [batches.length, ...shape], dtype };
  const rows = [
    ...tables(batches.map(({ options }) => batchNumbers(config, options))),
    ...tables(batches.map((_, made) => countNumbers(config, updates + made, averageDecay))),
  ];
  for (const [name, numbers] of rows) feeds[name] = vector(numbers, [batches.length]);
  return feeds;
}

const tables = (rows: readonly Record<string, number>[]) =>
  Object.keys(rows[0]!).map((name) => [name, rows.map((row) => row[name]!)] as const);

const vector = (numbers: number[], shape: number[]): Feed => ({
  data: Float32Array.from(numbers),
  shape,
  dtype: 'float32',
});

function stack(parts: readonly Feed['data'][]): Feed['data'] {
  const first = parts[0]!;
  const all = new (first.constructor as new (length: number) => Feed['data'])(parts.length * first.length);
  for (const [i, part] of parts.entries()) all.set(part as never, i * first.length);
  return all;
}

function collectHostNodes(names: string[]) {
  return (name: string, inBody: boolean) => {
    const layer = readNodeName(name)?.layer ?? '';
    if (inBody || layer === 'loss' || layer.startsWith('loss/')) names.push(name);
  };
}
