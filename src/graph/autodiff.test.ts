import { describe, expect, it } from 'vitest';
import { gradientDeviation } from '../../test/numeric/gradientCheck.ts';
import { runGraph } from '../../test/numeric/ort.ts';
import { gradients } from './autodiff.ts';
import { customGradient, stopGradient } from './customGradient.ts';
import { createGraph } from './graph.ts';
import { neededNodes } from './onnx/names.ts';
import { add, argMax, cast, exp, logSoftmax, logSumExp, lstm, mul, reduceSum, relu, sub, tanh } from './ops/index.ts';
import type { Value } from './value.ts';

const opsBehind = (graph: Value['graph'], values: readonly Value[]) =>
  neededNodes(graph, values).nodes.map((node) => `${node.scope}:${node.op.name}`);

describe('gradients', () => {
  it('add up over all uses of a value', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    const y = add(mul(x, x), mul(x, 3)); // x² + 3x
    const { dx } = await runGraph({ dx: gradients(y, [x])[0]! }, { x: [1, -2] });
    expect(dx.numbers).toEqual([5, -1]);
  });

  it('start from seeds and from several outputs', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    const seed = graph.input('seed', [2]);
    const [dx] = gradients([mul(x, x), x], [x], [seed, graph.constant([1, 1])]);
    expect((await runGraph({ dx: dx! }, { x: [1, 2], seed: [10, 100] })).dx.numbers).toEqual([21, 401]);
    expect(() => gradients(x, [x], [graph.constant(1)])).toThrow('shape of its output');
  });

  it('are zeros for values that do not matter and for integers behind', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2, 2]);
    const other = graph.input('other', [3]);
    const index = cast(argMax(x, 1), 'float32');
    const [dx, dOther] = gradients(index, [x, other]);
    const results = await runGraph({ dx: dx!, dOther: dOther! }, { x: [1, 2, 3, 4], other: [0, 0, 0] });
    expect(results.dx.shape).toEqual([2, 2]);
    expect([...results.dx.numbers, ...results.dOther.numbers]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('reach values in the middle of the graph', async () => {
    const graph = createGraph();
    const x = graph.input('x', [1]);
    const middle = mul(x, 2);
    const [dMiddle, dx] = gradients(mul(middle, middle), [middle, x]);
    const results = await runGraph({ dMiddle: dMiddle!, dx: dx! }, { x: [3] });
    expect([...results.dMiddle.numbers, ...results.dx.numbers]).toEqual([12, 24]);
  });

  it('do not walk branches that lead nowhere, even without a rule', () => {
    const graph = createGraph();
    const x = graph.input('x', [2, 1, 3]);
    const [weight, recurrent] = [graph.input('weight', [1, 8, 3]), graph.input('recurrent', [1, 8, 2])];
    const scale = graph.input('scale', [1]);
    const states = graph.scope('rnn', () => lstm({ x, weight, recurrent }));
    const scaled = graph.scope('scale', () => mul(states, scale));
    expect(opsBehind(graph, gradients(scaled, [scale])).filter((name) => name.startsWith('backward'))).toEqual([
      'backward/scale:mul',
      'backward/scale:reduceSum',
      'backward/scale:reshape',
    ]);
    expect(() => gradients(scaled, [weight])).toThrow('lstm has no gradient (in rnn)');
  });

  it('have gradients themselves', async () => {
    const graph = createGraph();
    const x = graph.input('x', [3]);
    const [first] = gradients(mul(mul(x, x), x), [x]);
    const [second] = gradients(first!, [x]);
    expect((await runGraph({ second: second! }, { x: [1, 2, -3] })).second.numbers).toEqual([6, 12, -18]);
  });
});

describe('customGradient', () => {
  it('replaces the derived backward and passes the value', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    const [y] = customGradient({
      outputs: [exp(x)],
      inputs: [x],
      gradient: ([grad]) => [mul(grad!, 7)],
    });
    const results = await runGraph({ y: y!, dx: gradients(mul(y!, 2), [x])[0]! }, { x: [0, 1] });
    expect(results.y.numbers[1]).toBeCloseTo(Math.E, 6);
    expect(results.dx.numbers).toEqual([14, 14]);
  });

  it('leaves no node in the model', () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    expect(opsBehind(graph, [stopGradient(tanh(x))])).toEqual([':tanh']);
  });

  it('lets stopGradient cut a path', async () => {
    const graph = createGraph();
    const x = graph.input('x', [1]);
    const [dx] = gradients(mul(x, stopGradient(x)), [x]);
    expect((await runGraph({ dx: dx! }, { x: [5] })).dx.numbers).toEqual([5]);
  });
});

describe('gradientDeviation', () => {
  it('notices a gradient that is one per cent off', async () => {
    const graph = createGraph();
    const x = graph.input('x', [6]);
    const [y] = customGradient({ outputs: [mul(x, x)], inputs: [x], gradient: ([g]) => [mul(mul(g!, x), 2.02)] });
    const deviation = await gradientDeviation({ outputs: [y!], wrt: [x], feeds: { x: [1, 2, 3, 4, 5, 6] } });
    expect(deviation).toBeGreaterThan(1e-3);
  });

  it('accepts composites', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2, 4]);
    const feeds = { x: [0.1, -0.7, 0.3, 2, 1.5, -0.2, 0.4, 0.9] };
    const outputs = [logSoftmax(x, -1), logSumExp(x, 0), relu(sub(x, reduceSum(x, [1], { keepDims: true })))];
    expect(await gradientDeviation({ outputs, wrt: [x], feeds })).toBeLessThan(1e-3);
  });
});
