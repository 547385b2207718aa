import { defineOp, type Op, type Sample } from '../defineOp.ts';
import { broadcastType, type Operand, operandPair } from '../operand.ts';
import type { Value } from '../value.ts';
import { cast, greater, greaterOrEqual } from './compare.ts';

type Binary = Op<[a: Operand, b: Operand]>;
type BinaryGradient = (node: {
  readonly inputs: readonly [Value, Value];
  readonly output: Value;
  readonly grad: Value;
}) => readonly [Value, Value];

function defineBinary(
  name: string,
  onnx: string,
  evaluate: (a: number, b: number) => number,
  gradient: BinaryGradient,
  more: readonly Sample<[Operand, Operand]>[] = [],
): Binary {
  return defineOp({
    name,
    onnx,
    node: (a: Operand, b: Operand) => ({ inputs: operandPair(a, b), attributes: {} }),
    outputs: ({ inputs: [a, b] }) => broadcastType(a, b),
    gradient,
    samples: [
      {
        title: 'one shape',
        inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
        args: (a, b) => [a, b],
        expected: (a, b) => [a!.map((x, i) => evaluate(x, b![i]!))],
      },
      {
        title: 'both sides broadcast',
        inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
        args: (a, b) => [a, b],
        expected: (a, b) => [
          [0, 1].flatMap((i) => b!.flatMap((y) => [0, 1, 2].map((k) => evaluate(a![i * 3 + k]!, y)))),
        ],
      },
      {
        title: 'number on the left, named size',
        inputs: [{ shape: ['n', 2], sizes: { n: 3 } }],
        args: (x) => [0.125, x],
        expected: (x) => [x!.map((y) => evaluate(0.125, y))],
      },
      {
        title: 'no elements',
        inputs: [{ shape: [0, 3] }, { shape: [3] }],
        args: (a, b) => [a, b],
        expected: [[]],
      },
      ...more,
    ],
  });
}

export const add: Binary = defineBinary(
  'add',
  'Add',
  (a, b) => a + b,
  ({ grad }) => [grad, grad],
  [{ title: 'a value and itself', inputs: [{ shape: [3] }], args: (a) => [a, a] }],
);

export const sub: Binary = defineBinary(
  'sub',
  'Sub',
  (a, b) => a - b,
  ({ grad }) => [grad, neg(grad)],
);

export const mul: Binary = defineBinary(
  'mul',
  'Mul',
  (a, b) => a * b,
  ({ inputs: [a, b], grad }) => [mul(grad, b), mul(grad, a)],
  [{ title: 'square', inputs: [{ shape: [3] }], args: (a) => [a, a] }],
);

export const div: Binary = defineBinary(
  'div',
  'Div',
  (a, b) => a / b,
  ({ inputs: [, b], output, grad }) => {
    const byA = div(grad, b);
    return [byA, neg(mul(byA, output))];
  },
  [
    {
      title: 'integers truncate',
      inputs: [{ shape: [3], dtype: 'int64', values: [7, 8, 1] }],
      args: (a) => [a, 2],
      expected: [[3, 4, 0]],
    },
  ],
);

/** Gradient share of the first operand: ties get half each, as in PyTorch and JAX. */
const shareOfGreater = (a: Value, b: Value, grad: Value) =>
  mul(add(cast(greater(a, b), grad.dtype), cast(greaterOrEqual(a, b), grad.dtype)), mul(grad, 0.5));

const tied: Sample<[Operand, Operand]> = {
  title: 'ties',
  inputs: [
    { shape: [3], values: [1, 2, 3] },
    { shape: [3], values: [1, 2, 3] },
  ],
  args: (a, b) => [a, b],
  expected: [[1, 2, 3]],
  expectedGradients: [
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ],
};

export const max: Binary = defineBinary(
  'max',
  'Max',
  (a, b) => Math.max(a, b),
  ({ inputs: [a, b], grad }) => [shareOfGreater(a, b, grad), shareOfGreater(b, a, grad)],
  [tied],
);

export const min: Binary = defineBinary(
  'min',
  'Min',
  (a, b) => Math.min(a, b),
  ({ inputs: [a, b], grad }) => [shareOfGreater(b, a, grad), shareOfGreater(a, b, grad)],
  [tied],
);

export const neg: Op<[x: Value]> = defineOp({
  name: 'neg',
  onnx: 'Neg',
  node: (x: Value) => ({ inputs: [x], attributes: {} }),
  outputs: ({ inputs: [x] }) => [x],
  gradient: ({ grad }) => [neg(grad)],
  samples: [
    {
      title: 'any signs',
      inputs: [{ shape: [2, 2] }],
      args: (x) => [x],
      expected: (x) => [x!.map((value) => -value)],
    },
  ],
});
