import { createGraph } from '../graph/graph.ts';
import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { identity, mul, sub, transpose } from '../graph/ops/index.ts';
import type { TensorData, Value } from '../graph/value.ts';
import type { ModelSpec } from './modelSpec.ts';
import { models } from './models/index.ts';
import type { ParameterLayout } from './parameterLayout.ts';

export interface InferenceOptions {
  layout: ParameterLayout;
  /** Baked into the model when given (an export); otherwise every tensor of the layout is an input. */
  parameters?: Float32Array;
  /** Running statistics; given exactly when the parameters are. */
  buffers?: Float32Array;
  /** Global normalisation per feature bin, done inside the graph. */
  statistics?: { mean: Float32Array; inverseStd: Float32Array };
  metadata?: Readonly<Record<string, string>>;
}

/**
 * The ONNX model that transcribes, for any `batch` and `time`: `input` [batch, 1, bins, time] and `inputLengths` int64
 * [batch] → `output` log-probabilities [batch, outputTime, vocabulary] and `outputLengths` int64 [batch].
 */
export function buildInferenceGraph(spec: ModelSpec, options: InferenceOptions): Uint8Array {
  const { layout, parameters, statistics } = options;
  const graph = createGraph();
  const input = graph.input('input', ['batch', 1, spec.bins, 'time']);
  const inputLengths = graph.input('inputLengths', ['batch'], 'int64');
  const tensors = new Map<string, Value>();
  const initializers: Record<string, TensorData> = {};
  const declare = (
    entries: ParameterLayout['entries'] | ParameterLayout['buffers'],
    flat: Float32Array | undefined,
  ) => {
    for (const { name, shape, offset, size } of entries) {
      tensors.set(name, graph.input(name, shape));
      if (flat) initializers[name] = flat.subarray(offset, offset + size);
    }
  };
  declare(layout.entries, parameters);
  declare(layout.buffers, parameters ? options.buffers : undefined);
  const tensor = (name: string): Value => {
    const value = tensors.get(name);
    if (!value) throw new Error(`the layout has no tensor '${name}'`);
    return value;
  };
  const perBin = (values: Float32Array) => graph.constant(values, [1, 1, spec.bins, 1]);
  const normalised = statistics ? mul(sub(input, perBin(statistics.mean)), perBin(statistics.inverseStd)) : input;
  const features = transpose(normalised, [0, 1, 3, 2]); // [batch, 1, time, bins]
  const { logProbabilities, lengths } = models[spec.config.type].inference(spec, tensor, features, inputLengths);
  return writeOnnx({
    outputs: { output: logProbabilities, outputLengths: lengths === inputLengths ? identity(lengths) : lengths },
    initializers,
    ...(options.metadata ? { metadata: options.metadata } : {}),
  });
}
