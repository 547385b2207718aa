import { defineOp, type Op } from '../defineOp.ts';
import { normalizeAxes, normalizeAxis, productOf } from '../dims.ts';
import { int64s, sameType, typed } from '../operand.ts';
import { constantNumbers, type Shape, staticShape, type Value } from '../value.ts';
import { cast, equal } from './compare.ts';
import { div, mul } from './elementwise.ts';
import { expand, reshape } from './shape.ts';

export interface ReduceOptions {
  /** Keeps reduced dims as 1. Default false. */
  readonly keepDims?: boolean;
}
type Reduction = Op<[x: Value, axes: readonly number[], options?: ReduceOptions]>;

const kept = (shape: Shape, axes: readonly number[]) => shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));

function reducedType(x: Value, axes: readonly number[], keepDims: number) {
  const shape = keepDims ? kept(x.shape, axes) : x.shape.filter((_, axis) => !axes.includes(axis));
  return typed(x.dtype, shape);
}

/** The gradient of a sum, spread over the reduced axes again. */
function spread(grad: Value, x: Value, axes: readonly number[]): Value {
  return expand(reshape(grad, kept(x.shape, axes)), staticShape(x, 'the gradient of a reduction'));
}

const countOf = (x: Value, axes: readonly number[]) =>
  axes.reduce((count, axis) => count * staticShape(x, 'the gradient of a mean')[axis]!, 1);

export const reduceSum: Reduction = defineOp({
  name: 'reduceSum',
  onnx: 'ReduceSum',
  node: (x: Value, axes: readonly number[], options?: ReduceOptions) => ({
    inputs: [x, int64s(x, normalizeAxes(axes, x.shape.length))],
    // Without this flag ONNX reads an empty list of axes as all of them.
    attributes: { keepdims: options?.keepDims ? 1 : 0, noop_with_empty_axes: 1 },
  }),
  outputs: ({ inputs: [x, axes], attributes }) =>
    reducedType(x, constantNumbers(axes, 'the axes'), attributes.keepdims),
  gradient: ({ inputs: [x, axes], grad }) => [spread(grad, x, constantNumbers(axes, 'the axes'))],
  samples: [
    {
      title: 'rows',
      inputs: [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }],
      args: (x) => [x, [1]],
      expected: [[6, 15]],
    },
    { title: 'outer axes kept', inputs: [{ shape: [2, 3, 4] }], args: (x) => [x, [0, 2], { keepDims: true }] },
    { title: 'negative axis', inputs: [{ shape: [2, 3, 4] }], args: (x) => [x, [-2]] },
    { title: 'all axes', inputs: [{ shape: [2, 3] }], args: (x) => [x, [0, 1]] },
    { title: 'no axes', inputs: [{ shape: [2, 3] }], args: (x) => [x, []], expected: (x) => [x!] },
    {
      title: 'no elements',
      inputs: [{ shape: [0, 2] }],
      args: (x) => [x, [0]],
      expected: [[0, 0]],
    },
    {
      title: 'named dim and int64',
      inputs: [{ shape: [2, 'time'], dtype: 'int64', sizes: { time: 2 }, values: [1, 2, 3, 4] }],
      args: (x) => [x, [1]],
      expected: [[3, 7]],
    },
  ],
});

function attributeReduction(x: Value, axes: readonly number[], options?: ReduceOptions) {
  if (axes.length === 0) throw new Error('at least one axis must be named');
  return {
    inputs: [x] as const,
    attributes: { axes: normalizeAxes(axes, x.shape.length), keepdims: options?.keepDims ? 1 : 0 },
  };
}

export const reduceMean: Reduction = defineOp({
  name: 'reduceMean',
  onnx: 'ReduceMean',
  node: attributeReduction,
  outputs: ({ inputs: [x], attributes }) => reducedType(x, attributes.axes, attributes.keepdims),
  gradient: ({ inputs: [x], attributes: { axes }, grad }) => [spread(mul(grad, 1 / countOf(x, axes)), x, axes)],
  samples: [
    {
      title: 'columns',
      inputs: [{ shape: [2, 2], values: [1, 2, 3, 6] }],
      args: (x) => [x, [0]],
      expected: [[2, 4]],
    },
    { title: 'two axes kept', inputs: [{ shape: [2, 3, 2] }], args: (x) => [x, [-1, 0], { keepDims: true }] },
    { title: 'named dim', inputs: [{ shape: ['n', 4], sizes: { n: 3 } }], args: (x) => [x, [1]] },
  ],
});

/** Tied maxima share the gradient equally, as in PyTorch's amax. */
export const reduceMax: Reduction = defineOp({
  name: 'reduceMax',
  onnx: 'ReduceMax',
  node: attributeReduction,
  outputs: ({ inputs: [x], attributes }) => reducedType(x, attributes.axes, attributes.keepdims),
  gradient({ inputs: [x], attributes: { axes }, output, grad }) {
    const isMax = cast(equal(x, reshape(output, kept(x.shape, axes))), grad.dtype);
    const share = div(reshape(grad, kept(x.shape, axes)), reduceSum(isMax, axes, { keepDims: true }));
    return [mul(isMax, share)];
  },
  samples: [
    { title: 'rows', inputs: [{ shape: [3, 4], spaced: true }], args: (x) => [x, [1]] },
    {
      title: 'two axes kept',
      inputs: [{ shape: [2, 3, 2], spaced: true }],
      args: (x) => [x, [0, -1], { keepDims: true }],
    },
    {
      title: 'ties',
      inputs: [{ shape: [2, 3], values: [2, 2, 1, 0, 0, 0] }],
      args: (x) => [x, [1]],
      expected: [[2, 0]],
      expectedGradients: [[1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3]],
    },
    {
      title: 'named dim, int64',
      inputs: [{ shape: ['n'], dtype: 'int64', sizes: { n: 3 }, values: [3, 9, 1] }],
      args: (x) => [x, [0]],
      expected: [[9]],
    },
  ],
});

/** Sum of squares. */
export const reduceSumSquare: Reduction = defineOp({
  name: 'reduceSumSquare',
  onnx: 'ReduceSumSquare',
  node: attributeReduction,
  outputs: ({ inputs: [x], attributes }) => reducedType(x, attributes.axes, attributes.keepdims),
  gradient: ({ inputs: [x], attributes: { axes }, grad }) => [mul(mul(x, 2), reshape(grad, kept(x.shape, axes)))],
  samples: [
    {
      title: 'vector',
      inputs: [{ shape: [3], values: [1, 2, -3] }],
      args: (x) => [x, [0]],
      expected: [[14]],
    },
    { title: 'inner axis kept', inputs: [{ shape: [2, 3] }], args: (x) => [x, [-1], { keepDims: true }] },
  ],
});

/** Repeats whole axes. */
export const tile: Op<[x: Value, repeats: readonly number[]]> = defineOp({
  name: 'tile',
  onnx: 'Tile',
  node: (x: Value, repeats: readonly number[]) => ({ inputs: [x, int64s(x, repeats)], attributes: {} }),
  outputs({ inputs: [x, repeats] }) {
    const counts = constantNumbers(repeats, 'the repeats');
    if (counts.length !== x.shape.length) throw new Error('one repeat per axis is needed');
    return typed(
      x.dtype,
      x.shape.map((dim, axis) => productOf([dim, counts[axis]!])),
    );
  },
  gradient({ inputs: [x, repeats], grad }) {
    const counts = constantNumbers(repeats, 'the repeats');
    const sizes = staticShape(x, 'the gradient of tile');
    const folded = reshape(
      grad,
      sizes.flatMap((size, axis) => [counts[axis]!, size]),
    );
    return [
      reduceSum(
        folded,
        sizes.map((_, axis) => 2 * axis),
      ),
    ];
  },
  samples: [
    {
      title: 'both axes',
      inputs: [{ shape: [1, 2], values: [1, 2] }],
      args: (x) => [x, [2, 2]],
      expected: [[1, 2, 1, 2, 1, 2, 1, 2]],
    },
    { title: 'one axis of three', inputs: [{ shape: [2, 3, 2] }], args: (x) => [x, [1, 3, 1]] },
    { title: 'named dim', inputs: [{ shape: ['n', 2], sizes: { n: 2 } }], args: (x) => [x, [2, 2]] },
  ],
});

/** Running sum along an axis, from the front or (reverse) from the end. */
export const cumSum: Op<[x: Value, axis: number, options?: { readonly reverse?: boolean }]> = defineOp({
  name: 'cumSum',
  onnx: 'CumSum',
  node: (x: Value, axis: number, options?: { readonly reverse?: boolean }) => ({
    inputs: [x, x.graph.constant(normalizeAxis(axis, x.shape.length), [], 'int64')],
    attributes: { reverse: options?.reverse ? 1 : 0 },
  }),
  outputs: ({ inputs: [x] }) => sameType(x),
  gradient: ({ inputs: [, axis], attributes: { reverse }, grad }) => [
    cumSum(grad, constantNumbers(axis, 'the axis')[0]!, { reverse: reverse === 0 }),
  ],
  samples: [
    {
      title: 'forward',
      inputs: [{ shape: [3], values: [1, 2, 3] }],
      args: (x) => [x, 0],
      expected: [[1, 3, 6]],
    },
    { title: 'reverse, negative axis', inputs: [{ shape: [2, 3] }], args: (x) => [x, -1, { reverse: true }] },
    { title: 'named dim', inputs: [{ shape: ['n', 2], sizes: { n: 3 } }], args: (x) => [x, 0] },
  ],
});

/** Index of the first maximum, int64. */
export const argMax: Op<[x: Value, axis: number, options?: ReduceOptions]> = defineOp({
  name: 'argMax',
  onnx: 'ArgMax',
  node: (x: Value, axis: number, options?: ReduceOptions) => ({
    inputs: [x],
    attributes: { axis: normalizeAxis(axis, x.shape.length), keepdims: options?.keepDims ? 1 : 0 },
  }),
  outputs: ({ inputs: [x], attributes: { axis, keepdims } }) =>
    typed('int64', reducedType(x, [axis], keepdims)[0]!.shape),
  gradient: 'none',
  samples: [
    {
      title: 'first of ties',
      inputs: [{ shape: [2, 3], values: [1, 5, 5, 7, 0, 7] }],
      args: (x) => [x, -1],
      expected: [[1, 0]],
    },
  ],
});
