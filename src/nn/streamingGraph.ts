import { createGraph } from '../graph/graph.ts';
import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { mul, sub, transpose } from '../graph/ops/index.ts';
import type { TensorData, Value } from '../graph/value.ts';
import { layoutInputs } from './layoutInputs.ts';
import type { ModelSpec } from './modelSpec.ts';
import { carriedStates, crnnStreaming } from './models/crnnStreaming.ts';
import { streamingReach } from './models/streamingReach.ts';
import type { ParameterLayout } from './parameterLayout.ts';

export interface StreamingOptions {
  layout: ParameterLayout;
  parameters: Float32Array;
  /** Running statistics. */
  buffers: Float32Array;
  /** Global normalisation per feature bin, done inside the graph. */
  statistics?: { mean: Float32Array; inverseStd: Float32Array };
}

/** A state that goes from one window of a stream to the next. */
export interface StreamingState {
  /** Of the input; the output is called `next.` and this. */
  name: string;
  /** Zeros before the first window. */
  shape: number[];
}

/**
 * The ONNX model that transcribes a stream window by window: `input` [1, 1, bins, time], `inputLengths` int64 [1], `kept`
 * int64 [frames] (the window's output frames that come next), `last` int64 [] (which of them the stream goes on from) and
 * the states → `output` log-probabilities [1, frames, vocabulary] and the states after the last. With windows that reach `streamingReach` to both sides the outputs
 * are those of the whole recording at once.
 *
 * Throws an Error for a model that cannot stream.
 */
export function buildStreamingGraph(spec: ModelSpec, options: StreamingOptions): Uint8Array {
  if (!streamingReach(spec.config)) throw new Error('only a crnn that reads in one direction streams');
  const { parameters, buffers, statistics } = options;
  const layout = {
    ...options.layout,
    entries: options.layout.entries.filter(({ name }) => !name.startsWith('decoder.')),
  };
  const graph = createGraph();
  const input = graph.input('input', [1, 1, spec.bins, 'time']);
  const frameCounts = graph.input('inputLengths', [1], 'int64');
  const kept = graph.input('kept', ['frames'], 'int64');
  const last = graph.input('last', [], 'int64');
  const states = layerStates(spec).map((layer) => layer.map(({ name, shape }) => graph.input(name, shape)));
  const tensor = layoutInputs(graph, layout);
  const perBin = (values: Float32Array) => graph.constant(values, [1, 1, spec.bins, 1]);
  const normalised = statistics ? mul(sub(input, perBin(statistics.mean)), perBin(statistics.inverseStd)) : input;
  const features = transpose(normalised, [0, 1, 3, 2]);
  const forward = crnnStreaming(spec, tensor, { features, frameCounts, kept, last, states });
  const outputs: Record<string, Value> = { output: forward.logProbabilities };
  for (const [layer, values] of layerStates(spec).entries())
    for (const [i, { name }] of values.entries()) outputs[`next.${name}`] = forward.states[layer]![i]!;
  const initializers: Record<string, TensorData> = {};
  for (const { name, offset, size } of layout.entries) initializers[name] = parameters.subarray(offset, offset + size);
  for (const { name, offset, size } of layout.buffers) initializers[name] = buffers.subarray(offset, offset + size);
  return writeOnnx({ outputs, initializers });
}

/** All states of a stream, in the order of the graph's inputs. */
export const streamingStates = (spec: ModelSpec): StreamingState[] => layerStates(spec).flat();

function layerStates({ config }: ModelSpec): StreamingState[][] {
  const { cell, layers, hiddenSize } = config.rnn;
  return Array.from({ length: layers }, (_, layer) =>
    carriedStates[cell].map((what) => ({ name: `rnn.${layer}.${what}`, shape: [1, hiddenSize] })),
  );
}
