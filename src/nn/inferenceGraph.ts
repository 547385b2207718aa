import { createGraph } from '../graph/graph.ts';
import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { add, identity, matMul, mul, sub, transpose } from '../graph/ops/index.ts';
import type { Dim, TensorData, Value } from '../graph/value.ts';
import { isDecoderKey } from './decoderGraph.ts';
import { type FrontendPlan, frontendValues } from './frontendGraph.ts';
import { layoutInputs } from './layoutInputs.ts';
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
  /** Also gives what an attention decoder listens to. */
  forDecoder?: boolean;
  /** Takes `waveform` [batch, samples] and `waveformLengths` instead of features (see `frontendValues`). */
  frontend?: FrontendPlan | undefined;
  opset?: number;
}

/**
 * The ONNX model that transcribes, for any `batch` and `time`: `input` [batch, 1, bins, time] and `inputLengths` int64
 * [batch] → `output` log-probabilities [batch, outputTime, vocabulary] and `outputLengths` int64 [batch]; for a decoder
 * also `encoded` [batch, outputTime, width] and `keys` [batch, attention, outputTime].
 */
export function buildInferenceGraph(spec: ModelSpec, options: InferenceOptions): Uint8Array {
  const { parameters, buffers, statistics, metadata, forDecoder = false, frontend, opset } = options;
  const layout = encoderPart(options.layout, forDecoder);
  const outputs = inferenceValues(spec, layout, { batch: 'batch', time: 'time' }, { statistics, forDecoder, frontend });
  const initializers: Record<string, TensorData> = {};
  const bake = (entries: ParameterLayout['entries'] | ParameterLayout['buffers'], flat: Float32Array | undefined) => {
    for (const { name, offset, size } of entries) if (flat) initializers[name] = flat.subarray(offset, offset + size);
  };
  bake(layout.entries, parameters);
  bake(layout.buffers, parameters ? buffers : undefined);
  return writeOnnx({ outputs, initializers, ...(metadata ? { metadata } : {}), ...(opset ? { opset } : {}) });
}

/** The same as graph values, for any sizes; analysis counts what they cost. */
export function inferenceValues(
  spec: ModelSpec,
  layout: ParameterLayout,
  sizes: { batch: Dim; time: Dim },
  options: Pick<InferenceOptions, 'forDecoder' | 'frontend'> & {
    statistics?: InferenceOptions['statistics'] | undefined;
  } = {},
): { output: Value; outputLengths: Value; encoded?: Value; keys?: Value } {
  const { statistics, forDecoder = false, frontend } = options;
  const graph = createGraph();
  const { features: input, frameCounts: inputLengths } = frontend
    ? frontendValues(graph, frontend, sizes.batch)
    : {
        features: graph.input('input', [sizes.batch, 1, spec.bins, sizes.time]),
        frameCounts: graph.input('inputLengths', [sizes.batch], 'int64'),
      };
  const tensor = layoutInputs(graph, encoderPart(layout, forDecoder));
  const perBin = (values: Float32Array) => graph.constant(values, [1, 1, spec.bins, 1]);
  const normalised = statistics ? mul(sub(input, perBin(statistics.mean)), perBin(statistics.inverseStd)) : input;
  const features = transpose(normalised, [0, 1, 3, 2]); // [batch, 1, time, bins]
  const forward = models[spec.config.type].inference(spec, tensor, features, inputLengths);
  const outputs = { output: forward.logProbabilities, outputLengths: identity(forward.lengths) };
  if (!forDecoder) return outputs;
  const encoded = identity(forward.encoded);
  const keys = add(matMul(encoded, tensor('decoder.key.weight')), tensor('decoder.key.bias'));
  return { ...outputs, encoded, keys: transpose(keys, [0, 2, 1]) };
}

/** The tensors of encoder and CTC, for a decoder also those of its keys. */
function encoderPart(layout: ParameterLayout, forDecoder: boolean): ParameterLayout {
  const keep = (name: string) => !name.startsWith('decoder.') || (forDecoder && isDecoderKey(name));
  return { ...layout, entries: layout.entries.filter(({ name }) => keep(name)) };
}
