import { describe, expect, it, test } from 'vitest';
import { autocast } from '../../src/graph/autocast.ts';
import { gradients } from '../../src/graph/autodiff.ts';
import { bodiesOf } from '../../src/graph/captures.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { neededNodes, resolve } from '../../src/graph/onnx/names.ts';
import {
  add,
  cast,
  conv,
  exp,
  gemm,
  matMul,
  mul,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scan,
  sigmoid,
  softmax,
  sub,
  transpose,
} from '../../src/graph/ops/index.ts';
import type { BodyAttribute, Value } from '../../src/graph/value.ts';
import { runGraph } from './ort.ts';

const everywhere = { float32Scopes: [] };

/** Type in which each op of a rewritten graph computes, by ONNX name. */
function typesOf(outputs: Record<string, Value>): Record<string, string[]> {
  const types: Record<string, string[]> = {};
  const roots = Object.values(outputs).map(resolve);
  for (const { op, outputs: made } of neededNodes(roots[0]!.graph, roots).nodes) {
    if (op.onnx !== 'Cast') types[op.onnx] = [...(types[op.onnx] ?? []), made[0]!.dtype];
  }
  return types;
}

describe('types', () => {
  const graph = createGraph();
  const x = graph.input('x', [2, 3]);
  const weight = graph.input('weight', [3, 3]);
  const product = matMul(x, weight);

  it('products are float16, sums and exponentials float32, the rest as its inputs; outputs keep their types', () => {
    const outputs = {
      s: softmax(relu(product), -1),
      e: exp(product),
      m: reduceMean(sigmoid(gemm(product, weight)), [1]),
    };
    const rewritten = autocast(outputs, everywhere);
    expect(typesOf(rewritten)).toEqual({
      ...{ MatMul: ['float16'], Relu: ['float16'], Gemm: ['float16'], Sigmoid: ['float16'] },
      ...{ Softmax: ['float32'], Exp: ['float32'], ReduceMean: ['float32'] },
    });
    expect(Object.values(rewritten).map(({ dtype }) => dtype)).toEqual(['float32', 'float32', 'float32']);
  });

  it('a float32 tensor widens, a bias, a mask or a scalar does not', () => {
    const bias = graph.input('bias', [3]);
    const mask = graph.input('mask', [2, 3]);
    const inverse = exp(graph.input('row', [1, 3]));
    expect(typesOf(autocast({ y: add(product, bias) }, everywhere)).Add).toEqual(['float16']);
    expect(typesOf(autocast({ y: mul(product, mask) }, everywhere)).Mul).toEqual(['float16']);
    expect(typesOf(autocast({ y: mul(product, sub(1, mask)) }, everywhere)).Mul).toEqual(['float16']);
    expect(typesOf(autocast({ y: mul(product, inverse) }, everywhere)).Mul).toEqual(['float16']);
    expect(typesOf(autocast({ y: mul(product, 0.5) }, everywhere)).Mul).toEqual(['float16']);
    expect(typesOf(autocast({ y: add(product, exp(x)) }, everywhere)).Add).toEqual(['float32']);
    expect(typesOf(autocast({ y: mul(product, product) }, everywhere)).Mul).toEqual(['float32']);
    expect(typesOf(autocast({ y: add(cast(product, 'float32'), bias) }, everywhere)).Add).toEqual(['float32']);
  });

  it('what a scope pins stays float32, with its gradient', () => {
    const loss = graph.scope('loss', () => reduceSum(matMul(relu(product), weight), [0, 1]));
    const outputs = { loss, dWeight: gradients(loss, [weight])[0]! };
    const types = typesOf(autocast(outputs, { float32Scopes: ['loss'] }));
    // relu(x·w)·w: the pinned product and its two gradients; x·w and the gradient of that w.
    expect(types.MatMul!.toSorted()).toEqual(['float16', 'float16', 'float32', 'float32', 'float32']);
    expect(types.Relu).toEqual(['float32']);
  });

  it('a weight is cast once, forward and backward', () => {
    const loss = reduceSum(matMul(matMul(x, weight), weight), [0, 1]);
    const roots = Object.values(autocast({ loss, d: gradients(loss, [weight])[0]! }, everywhere)).map(resolve);
    const casts = neededNodes(graph, roots).nodes.filter(
      ({ op, inputs }) => op.onnx === 'Cast' && inputs[0] === weight,
    );
    expect(casts).toHaveLength(1);
  });
});

it('rounds to float16 and overflows where float16 does', async () => {
  const graph = createGraph();
  const a = graph.input('a', [1, 1]);
  const b = graph.input('b', [1, 1]);
  // The runtime on CPUs drops a cast and its inverse where nothing stands between, so something does.
  const outputs = autocast({ y: reshape(transpose(matMul(a, b), [1, 0]), [1]) }, everywhere);
  const run = async (x: number, y: number) => (await runGraph(outputs, { a: [x], b: [y] })).y.numbers[0];
  expect(await run(1 + 2 ** -12, 1)).toBe(1);
  expect(await run(1 + 2 ** -10, 1)).toBe(1 + 2 ** -10);
  expect(await run(300, 300)).toBe(Number.POSITIVE_INFINITY);
});

it('a mask that stands for minus infinity stays finite, so that a row of nothing else has a softmax', async () => {
  const graph = createGraph();
  const scores = matMul(graph.input('a', [2, 1]), graph.input('b', [1, 2]));
  const masked = add(scores, graph.input('mask', [2, 2]));
  // Transposed, because the runtime on CPUs leaves out a cast and its inverse side by side.
  const outputs = autocast({ y: softmax(transpose(masked, [1, 0]), 0) }, everywhere);
  const { y } = await runGraph(outputs, { a: [1, 2], b: [1, 1], mask: [0, -1e30, -1e30, -1e30] });
  expect(y.numbers).toEqual([1, 0.5, 0, 0.5]);
});

test('a recurrence keeps its states in float32 and multiplies in float16', async () => {
  const graph = createGraph();
  const weight = graph.input('weight', [2, 2]);
  const inputs = graph.input('inputs', [5, 1, 2]);
  const start = graph.constant([0, 0], [1, 2]);
  const run = scan({
    states: [start, start],
    inputs: [matMul(inputs, weight)],
    step: ([s, gate], [x]) => {
      const open = sigmoid(add(matMul(s!, weight), x!));
      const next = add(mul(s!, 0.5), mul(open, add(gate!, 1)));
      return { states: [next, open], outputs: [next] };
    },
  });
  const loss = reduceSum(run.outputs[0]!, [0, 1, 2]);
  const plain = { loss, gradient: gradients(loss, [weight])[0]! };
  const rewritten = autocast(plain, everywhere);
  const body = neededNodes(graph, [resolve(rewritten.loss)]).nodes.find(({ op }) => op.onnx === 'Scan')!;
  const [attribute] = bodiesOf(body.attributes) as [BodyAttribute];
  expect(attribute.outputs.slice(0, 2).map(({ dtype }) => dtype)).toEqual(['float32', 'float32']);
  const inside = neededNodes(attribute.body, attribute.outputs).nodes;
  expect(inside.find(({ op }) => op.onnx === 'MatMul')!.outputs[0]!.dtype).toBe('float16');
  const feeds = { weight: [0.3, -0.2, 0.5, 0.1], inputs: [1, -1, 0.5, 2, -0.25, 0.75, 1.5, 0, -2, 1] };
  const [exact, half] = [await runGraph(plain, feeds), await runGraph(rewritten, feeds)];
  // Five steps of numbers about 1, each rounded to 11 bits a few times.
  expect(half.loss.numbers[0]).toBeCloseTo(exact.loss.numbers[0]!, 1);
  for (const [i, number] of exact.gradient.numbers.entries())
    expect(Math.abs(half.gradient.numbers[i]! - number)).toBeLessThan(0.01 * Math.max(1, Math.abs(number)));
});

it('convolves in float16, gradients included', () => {
  const graph = createGraph();
  const x = graph.input('x', [1, 2, 4, 4]);
  const filters = graph.input('filters', [3, 2, 3, 3]);
  const loss = reduceSum(conv(x, filters), [0, 1, 2, 3]);
  const types = typesOf(autocast({ loss, d: gradients(loss, [filters])[0]! }, everywhere));
  expect(new Set([...types.Conv!, ...types.MatMul!])).toEqual(new Set(['float16']));
  expect(new Set(types.ReduceSum)).toEqual(new Set(['float32']));
});
