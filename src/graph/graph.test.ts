import { describe, expect, it } from 'vitest';
import { createGraph, SMALL_CONSTANT } from './graph.ts';
import { add, matMul, mul } from './ops/index.ts';
import { scan } from './ops/scan.ts';

describe('constants', () => {
  it('are one value when type, shape and content are equal', () => {
    const graph = createGraph();
    expect(graph.constant(1)).toBe(graph.constant([1], []));
    expect(graph.constant(new Float32Array([1, 2]))).toBe(graph.constant([1, 2]));
    expect(graph.constant([1, 2], [2, 1])).not.toBe(graph.constant([1, 2]));
    expect(graph.constant(1, [], 'int64')).not.toBe(graph.constant(1));
    expect(graph.constant(-0)).not.toBe(graph.constant(0));
  });

  it('are not compared when large', () => {
    const graph = createGraph();
    const large = new Float32Array(SMALL_CONSTANT + 1);
    expect(graph.constant(large)).not.toBe(graph.constant(large));
  });

  it('must fill their shape and fit their type', () => {
    const graph = createGraph();
    expect(() => graph.constant([1, 2], [3])).toThrow('2 elements do not fill [3]');
    expect(() => graph.constant(new Float32Array(1), [1], 'int64')).toThrow('Float32Array cannot hold int64');
    expect(() => graph.constant(new Uint8Array(1))).toThrow('give the type');
  });
});

it('refuses a second input of one name', () => {
  const graph = createGraph();
  graph.input('x', [1]);
  expect(() => graph.input('x', [2])).toThrow("already has an input 'x'");
});

it('keeps names of layers and of ops apart', () => {
  expect(() => createGraph().scope('Conv', () => 0)).toThrow("layer 'Conv' must start with a small letter");
});

it('names the layer and the shapes where a shape rule fails', () => {
  const graph = createGraph();
  const a = graph.input('a', [2, 3]);
  const b = graph.input('b', [4, 5]);
  const build = () => graph.scope('encoder', () => graph.scope('dense', () => matMul(a, b)));
  expect(build).toThrow('matMul in encoder/dense: inner sizes 3 and 4 differ (inputs [2, 3] [4, 5])');
  expect(graph.currentScope).toBe('');
});

it('refuses values of two graphs and operands of two types', () => {
  const x = createGraph().input('x', [1]);
  const other = createGraph().input('x', [1]);
  expect(() => add(x, other)).toThrow('unrelated graphs');
  expect(() => add(x, x.graph.constant(1, [], 'int64'))).toThrow('float32 and int64');
});

it('puts a node into the outermost graph that has all its inputs', () => {
  const graph = createGraph();
  const weight = graph.input('weight', [2]);
  const xs = graph.input('xs', [3, 2]);
  scan({
    states: [],
    inputs: [xs],
    step(_, [x]) {
      const invariant = mul(weight, 2);
      const inside = mul(invariant, x!);
      expect(invariant.graph).toBe(graph);
      expect(inside.graph).toBe(x!.graph);
      expect(inside.graph.parent).toBe(graph);
      return { states: [], outputs: [inside] };
    },
  });
});

it('refuses a step whose state changes its shape', () => {
  const graph = createGraph();
  const state = graph.input('state', [1]);
  const xs = graph.input('xs', [3, 2]);
  const build = () =>
    scan({ states: [state], inputs: [xs], step: ([s], [x]) => ({ states: [add(s!, x!)], outputs: [] }) });
  expect(build).toThrow('state 0 is [1] and becomes [2]');
});
