import { defineOp, type Op } from '../defineOp.ts';
import { broadcastShapes } from '../dims.ts';
import { elementTypes } from '../elementTypes.ts';
import { broadcastType, type Operand, operandPair, requireSameType, sameType, scalarLike, typed } from '../operand.ts';
import { type DataType, isFloat, type Value } from '../value.ts';

type Comparison = Op<[a: Operand, b: Operand]>;
type Logical = Op<[a: Value, b: Value]>;

const bools = (values: readonly boolean[]) => [values.map(Number)];

function defineComparison(name: string, onnx: string, holds: (a: number, b: number) => boolean): Comparison {
  return defineOp({
    name,
    onnx,
    node: (a: Operand, b: Operand) => ({ inputs: operandPair(a, b), attributes: {} }),
    outputs: ({ inputs: [a, b] }) => broadcastType(a, b, 'bool'),
    gradient: 'none',
    samples: [
      {
        title: 'less, equal and greater pairs',
        inputs: [
          { shape: [4], values: [1, 2, 3, -1] },
          { shape: [4], values: [2, 2, 2, -1] },
        ],
        args: (a, b) => [a, b],
        expected: (a, b) => bools(a!.map((x, i) => holds(x, b![i]!))),
      },
      {
        title: 'int64 column against row',
        inputs: [
          { shape: [2, 1], dtype: 'int64', values: [1, 2] },
          { shape: [3], dtype: 'int64', values: [0, 1, 2] },
        ],
        args: (a, b) => [a, b],
        expected: (a, b) => bools(a!.flatMap((x) => b!.map((y) => holds(x, y)))),
      },
      {
        title: 'value against number',
        inputs: [{ shape: ['n'], sizes: { n: 3 }, values: [0, 1, 2] }],
        args: (a) => [a, 1],
        expected: (a) => bools(a!.map((x) => holds(x, 1))),
      },
    ],
  });
}

export const equal: Comparison = defineComparison('equal', 'Equal', (a, b) => a === b);
export const greater: Comparison = defineComparison('greater', 'Greater', (a, b) => a > b);
export const greaterOrEqual: Comparison = defineComparison('greaterOrEqual', 'GreaterOrEqual', (a, b) => a >= b);
export const less: Comparison = defineComparison('less', 'Less', (a, b) => a < b);
export const lessOrEqual: Comparison = defineComparison('lessOrEqual', 'LessOrEqual', (a, b) => a <= b);

function defineLogical(name: string, onnx: string, holds: (a: number, b: number) => boolean): Logical {
  return defineOp({
    name,
    onnx,
    node: (a: Value, b: Value) => ({ inputs: [a, b], attributes: {} }),
    outputs: ({ inputs: [a, b] }) => broadcastType(a, b),
    gradient: 'none',
    samples: [
      {
        title: 'truth table by broadcasting',
        inputs: [
          { shape: [2, 1], dtype: 'bool', values: [0, 1] },
          { shape: [2], dtype: 'bool', values: [0, 1] },
        ],
        args: (a, b) => [a, b],
        expected: (a, b) => bools(a!.flatMap((x) => b!.map((y) => holds(x, y)))),
      },
    ],
  });
}

export const and: Logical = defineLogical('and', 'And', (a, b) => a + b === 2);
export const or: Logical = defineLogical('or', 'Or', (a, b) => a + b > 0);

export const not: Op<[a: Value]> = defineOp({
  name: 'not',
  onnx: 'Not',
  node: (a: Value) => ({ inputs: [a], attributes: {} }),
  outputs: ({ inputs: [a] }) => sameType(a),
  gradient: 'none',
  samples: [
    {
      title: 'both values',
      inputs: [{ shape: [2], dtype: 'bool', values: [0, 1] }],
      args: (a) => [a],
      expected: [[1, 0]],
    },
  ],
});

/** `condition ? a : b` per element; all three broadcast. */
export const where: Op<[condition: Value, a: Operand, b: Operand]> = defineOp({
  name: 'where',
  onnx: 'Where',
  node: (condition: Value, a: Operand, b: Operand) => ({
    inputs: [condition, ...operandPair(a, b)],
    attributes: {},
  }),
  outputs({ inputs: [condition, a, b] }) {
    requireSameType(a, b);
    return typed(a.dtype, broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)));
  },
  gradient({ inputs: [condition, a, b], grad }) {
    if (!isFloat(a.dtype)) return [];
    const zero = scalarLike(grad, 0);
    return [undefined, where(condition, grad, zero), where(condition, zero, b === a ? zero : grad)];
  },
  samples: [
    {
      title: 'all of one shape',
      inputs: [{ shape: [4], dtype: 'bool', values: [1, 0, 0, 1] }, { shape: [4] }, { shape: [4] }],
      args: (condition, a, b) => [condition, a, b],
      expected: (condition, a, b) => [condition!.map((c, i) => (c ? a![i]! : b![i]!))],
    },
    {
      title: 'broadcasting on every side',
      inputs: [
        { shape: [2, 1, 3], dtype: 'bool', values: [1, 0, 1, 0, 0, 1] },
        { shape: [4, 1] },
        { shape: [2, 1, 1] },
      ],
      args: (condition, a, b) => [condition, a, b],
    },
    {
      title: 'number as the other branch',
      inputs: [{ shape: [2], dtype: 'bool', values: [1, 0] }, { shape: [3, 2] }],
      args: (condition, a) => [condition, a, -1],
      expected: (condition, a) => [a!.map((x, i) => (condition![i % 2] ? x : -1))],
    },
  ],
});

/** Conversion; the gradient of a float converted to another float is converted back. */
export const cast: Op<[x: Value, to: DataType]> = defineOp({
  name: 'cast',
  onnx: 'Cast',
  node: (x: Value, to: DataType) => ({ inputs: [x], attributes: { to: elementTypes[to] } }),
  outputs({ inputs: [x], attributes }) {
    const names = Object.keys(elementTypes) as DataType[];
    return typed(names.find((name) => elementTypes[name] === attributes.to)!, x.shape);
  },
  gradient: ({ inputs: [x], grad }) => (isFloat(x.dtype) ? [cast(grad, x.dtype)] : []),
  samples: [
    {
      title: 'float to int64 truncates',
      inputs: [{ shape: [4], values: [1.7, -1.7, 0, 3] }],
      args: (x) => [x, 'int64'],
      expected: [[1, -1, 0, 3]],
    },
    {
      title: 'bool to float',
      inputs: [{ shape: [2], dtype: 'bool', values: [0, 1] }],
      args: (x) => [x, 'float32'],
      expected: [[0, 1]],
    },
    {
      title: 'int32 to bool',
      inputs: [{ shape: [3], dtype: 'int32', values: [0, 5, -1] }],
      args: (x) => [x, 'bool'],
      expected: [[0, 1, 1]],
    },
    { title: 'float to itself', inputs: [{ shape: ['n', 2], sizes: { n: 2 } }], args: (x) => [x, 'float32'] },
  ],
});
