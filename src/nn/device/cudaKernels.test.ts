import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bodiesOf } from '../../graph/captures.ts';
import { neededNodes, resolve } from '../../graph/onnx/names.ts';
import type { Graph, Node, Value } from '../../graph/value.ts';
import { experimentSchema } from '../../shared/config/schema.ts';
import { layoutParameters } from '../models/index.ts';
import { deviceLoopValues } from './deviceGraphs.ts';

// CUDA cannot run here: that it has a kernel for every node of the graphs is checked against its documented table.
const { kernels } = JSON.parse(readFileSync(join(import.meta.dirname, '../../graph/cudaKernels.json'), 'utf8')) as {
  kernels: Record<string, string[]>;
};

/** Nodes of a graph and of the bodies inside it. */
function nodesIn(graph: Graph, outputs: readonly Value[]): Node[] {
  const { nodes } = neededNodes(graph, outputs.map(resolve));
  return nodes.flatMap((node) => [
    node,
    ...bodiesOf(node.attributes).flatMap(({ body, outputs }) => nodesIn(body, outputs)),
  ]);
}

/** The type a kernel is chosen by. */
function typeOf({ op, inputs, outputs }: Node): string {
  if (op.onnx === 'ConstantOfShape' || op.onnx === 'Loop') return outputs[0]!.dtype;
  return inputs[op.onnx === 'Where' ? 1 : 0]!.dtype;
}

const conformer = { type: 'conformer', conformer: { layers: 1, dimension: 16, heads: 2 } };
const attention = { attention: { enabled: true } };

function nodesWithout(model: unknown, others: Record<string, unknown> = {}): string[] {
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, model, ...others });
  const spec = { config: experiment.model, bins: 80, vocabularySize: 29 };
  const { loss, optimizer, training } = experiment;
  const config = {
    ...{ spec, layout: layoutParameters(spec), loss, optimizer, precision: training.precision },
    ...{ accumulates: training.accumulate > 1, averages: training.emaDecay > 0 },
  };
  const outputs = Object.values(deviceLoopValues(config, { batch: 2, frames: 64, maxTokens: 8 }, 4).outputs);
  const nodes = nodesIn(outputs[0]!.graph, outputs);
  expect(nodes.length).toBeGreaterThan(300);
  const without = nodes.filter((node) => !kernels[node.op.onnx]?.includes(typeOf(node)));
  return [...new Set(without.map((node) => `${node.scope}/${node.op.onnx} ${typeOf(node)}`))];
}

it.each([
  ['crnn', {}, {}],
  ['crnn with layer norm, a GRU and residual connections', { norm: 'layer', residual: true, rnn: { cell: 'gru' } }, {}],
  ['crnn with two convolutions per block', { convolutionsPerBlock: 2 }, {}],
  ['crnn with an attention decoder', attention, { loss: { ctcWeight: 0.5, labelSmoothing: 0.1 } }],
  ['conformer', conformer, {}],
  ['conformer in fp16', conformer, { training: { precision: 'fp16', accumulate: 2, emaDecay: 0.9 } }],
  ['conformer with SGD', conformer, { optimizer: { type: 'sgd' } }],
])('has a kernel for every node of a %s', (_, model, others) => {
  expect(nodesWithout(model, others)).toEqual([]);
});

it('has none for the gradient of pools over more than two, which then runs on the CPU', () => {
  const found = nodesWithout({ blocks: [{ channels: 4, pool: [3, 2] }] });
  expect(found).toEqual(['backward/blocks.0/MaxUnpool float32']);
});
