import { createGraph } from '../graph/graph.ts';
import { writeOnnx } from '../graph/onnx/writeOnnx.ts';
import { add, concat, gather, logSoftmax, matMul, squeeze, unsqueeze } from '../graph/ops/index.ts';
import type { TensorData } from '../graph/value.ts';
import { attend, attentionWeights } from './layers/locationAttention.ts';
import { lstmCell } from './layers/lstmCell.ts';
import { layoutInputs } from './layoutInputs.ts';
import type { ModelSpec } from './modelSpec.ts';
import { type ParameterLayout, selectEntries } from './parameterLayout.ts';

/** Tensors that each step of the decoder multiplies with; the keys' are the encoder's part. */
export const isDecoderStep = (name: string) => name.startsWith('decoder.') && !isDecoderKey(name);
export const isDecoderKey = (name: string) => name.startsWith('decoder.key.');

/**
 * One step of the attention decoder as an ONNX model, for one utterance and any number of hypotheses: `encoded` [frames,
 * width] and `keys` [attention, frames] of the encoder's graph, `state` and `cell` [hypotheses, hidden], `alignment`
 * [hypotheses, frames] and the token each read last, `previous` int32 [hypotheses] → `logProbabilities` [hypotheses,
 * vocabulary] and what the next step takes: `nextState`, `nextCell`, `nextAlignment`.
 */
export function buildDecoderGraph(
  { config }: ModelSpec,
  { layout, parameters }: { layout: ParameterLayout /** Baked in when given. */; parameters?: Float32Array },
): Uint8Array {
  const graph = createGraph();
  const { hiddenSize, attentionSize } = config.attention;
  const own = selectEntries(layout, isDecoderStep);
  const width = layout.entries.find(({ name }) => name === 'decoder.key.weight')!.shape[0]!;
  const encoded = graph.input('encoded', ['frames', width]);
  const keys = graph.input('keys', [attentionSize, 'frames']);
  const state = graph.input('state', ['hypotheses', hiddenSize]);
  const cell = graph.input('cell', ['hypotheses', hiddenSize]);
  const alignment = graph.input('alignment', ['hypotheses', 'frames']);
  const previous = graph.input('previous', ['hypotheses'], 'int32');
  const tensor = layoutInputs(graph, own);

  const weights = attentionWeights({
    query: tensor('decoder.query.weight'),
    filter: tensor('decoder.filter.weight'),
    location: tensor('decoder.location.weight'),
    energy: tensor('decoder.energy.weight'),
  });
  const memory = { keys: unsqueeze(keys, [0]), encoded: unsqueeze(encoded, [0]) };
  const attended = attend(weights, memory, state, unsqueeze(alignment, [1]));
  const fed = concat([gather(tensor('decoder.embedding.weight'), previous, 0), attended.context], 1);
  // Two products, where training has one: the weights would have to be joined anew in each step.
  const fromInput = add(matMul(fed, tensor('decoder.rnn.inputWeight')), tensor('decoder.rnn.inputBias'));
  const fromState = add(matMul(state, tensor('decoder.rnn.recurrentWeight')), tensor('decoder.rnn.recurrentBias'));
  const next = lstmCell(add(fromInput, fromState), cell);
  const read = concat([next.state, attended.context], 1);
  const logits = add(matMul(read, tensor('decoder.output.weight')), tensor('decoder.output.bias'));
  const initializers: Record<string, TensorData> = {};
  for (const { name, offset, size } of own.entries)
    if (parameters) initializers[name] = parameters.subarray(offset, offset + size);
  return writeOnnx({
    outputs: {
      logProbabilities: logSoftmax(logits, 1),
      nextState: next.state,
      nextCell: next.cell,
      nextAlignment: squeeze(attended.alignment, [1]),
    },
    initializers,
  });
}
