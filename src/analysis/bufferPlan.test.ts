import { expect, test } from 'vitest';
import { createGraph } from '../graph/graph.ts';
import { add, matMul, mul, reduceSum, relu, reshape, transpose } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import { planBuffers } from './bufferPlan.ts';
import { runtimeNodes } from './runtimeGraph.ts';

const graph = createGraph();
const x = graph.input('x', [4, 4]);
const planOf = (...outputs: Value[]) => {
  const nodes = runtimeNodes(outputs);
  return { nodes: nodes.map(({ node }) => node.op.onnx), ...planBuffers(nodes, outputs) };
};
const bytes = 4 * 4 * 4;

test('elementwise ops write in place, reshapes alias, fetched outputs have memory elsewhere', () => {
  const product = matMul(x, x);
  const plan = planOf(reduceSum(reshape(relu(mul(product, 2)), [16]), [0]));
  expect(plan.nodes).toEqual(['MatMul', 'Mul', 'Relu', 'Reshape', 'ReduceSum']);
  expect(plan.sizes).toEqual([bytes]);
  expect(plan.steps[0]!.begins).toEqual([0]);
  expect(plan.steps[4]!.ends).toEqual([0]);
});

test('a value that is read again is not written over, and lives until its last reader has run', () => {
  const product = matMul(x, x);
  const plan = planOf(reduceSum(add(relu(product), product), [0, 1]));
  expect(plan.nodes).toEqual(['MatMul', 'Relu', 'Add', 'ReduceSum']);
  expect(plan.sizes).toEqual([bytes, bytes]);
  // The sum is written over one of its operands; the other ends with it.
  expect(plan.steps[2]!.ends).toHaveLength(1);
  expect(plan.steps[3]!.ends).toHaveLength(1);
});

test('a dead buffer serves the next value of its shape', () => {
  const first = matMul(x, x);
  const second = matMul(first, x);
  const plan = planOf(reduceSum(matMul(second, x), [0, 1]));
  expect(plan.sizes).toEqual([bytes, bytes]);
});

test('equal nodes are one, and a transposition before a product is none', () => {
  const plan = planOf(matMul(matMul(x, transpose(x, [1, 0])), matMul(x, transpose(x, [1, 0]))));
  expect(plan.nodes).toEqual(['MatMul', 'MatMul']);
});
