import { defineOp, type Op } from '../defineOp.ts';
import { normalizeAxis, sameShape } from '../dims.ts';
import { requireSameType, sameType, scalarLike, typed } from '../operand.ts';
import { staticShape, type Value } from '../value.ts';
import { sub } from './elementwise.ts';
import { expand, reshape } from './shape.ts';

export type Indices = Value | number | readonly number[];

const indexValue = (x: Value, indices: Indices) => {
  if (typeof indices === 'number') return x.graph.constant(indices, [], 'int64');
  return 'dtype' in indices ? indices : x.graph.constant(indices, [indices.length], 'int64');
};

const zerosLike = (x: Value, purpose: string) => expand(scalarLike(x, 0), staticShape(x, purpose));

/** Slices of x along an axis, by index; the indices' shape takes the place of the axis, a single number removes it. */
export const gather: Op<[x: Value, indices: Indices, axis: number]> = defineOp({
  name: 'gather',
  onnx: 'Gather',
  node: (x: Value, indices: Indices, axis: number) => ({
    inputs: [x, indexValue(x, indices)],
    attributes: { axis: normalizeAxis(axis, x.shape.length) },
  }),
  outputs: ({ inputs: [x, indices], attributes: { axis } }) =>
    typed(x.dtype, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]),
  gradient({ inputs: [x, indices], attributes: { axis }, grad }) {
    const sizes = staticShape(x, 'the gradient of gather');
    const count = staticShape(indices, 'the gradient of gather').reduce((product, dim) => product * dim, 1);
    const rows = sizes.map((dim, i) => (i === axis ? count : dim));
    const column = sizes.map((_, i) => (i === axis ? count : 1));
    const places = expand(reshape(indices, column), rows);
    return [scatterElements(zerosLike(x, 'the gradient of gather'), places, reshape(grad, rows), axis, 'add')];
  },
  samples: [
    {
      title: 'repeated rows',
      inputs: [{ shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }],
      args: (x) => [x, [2, 0, 2], 0],
      expected: [[5, 6, 1, 2, 5, 6]],
    },
    { title: 'one number', inputs: [{ shape: [2, 3, 2] }], args: (x) => [x, 1, -2] },
    {
      title: 'matrix of indices',
      inputs: [{ shape: [2, 4] }, { shape: [2, 2], dtype: 'int64', values: [0, 3, 1, -1] }],
      args: (x, indices) => [x, indices, 1],
    },
    {
      title: 'int32 indices, named size',
      inputs: [
        { shape: [3, 'n'], sizes: { n: 2 } },
        { shape: [2], dtype: 'int32', values: [1, 1] },
      ],
      args: (x, indices) => [x, indices, 0],
    },
  ],
});

/** Per element of `indices`, the element of x at the same place but for the axis. */
export const gatherElements: Op<[x: Value, indices: Value, axis: number]> = defineOp({
  name: 'gatherElements',
  onnx: 'GatherElements',
  node: (x: Value, indices: Value, axis: number) => ({
    inputs: [x, indices],
    attributes: { axis: normalizeAxis(axis, x.shape.length) },
  }),
  outputs: ({ inputs: [x, indices] }) => typed(x.dtype, indices.shape),
  gradient: ({ inputs: [x, indices], attributes: { axis }, grad }) => [
    scatterElements(zerosLike(x, 'the gradient of gatherElements'), indices, grad, axis, 'add'),
  ],
  samples: [
    {
      title: 'columns',
      inputs: [
        { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
        { shape: [2, 2], dtype: 'int64', values: [2, 2, 0, 1] },
      ],
      args: (x, indices) => [x, indices, 1],
      expected: [[3, 3, 4, 5]],
    },
    {
      title: 'first axis, negative number',
      inputs: [{ shape: [3, 2] }, { shape: [1, 2], dtype: 'int64', values: [2, -3] }],
      args: (x, indices) => [x, indices, -2],
    },
  ],
});

/** x with elements replaced (or added to) at places that differ from the updates' own along the axis. */
export const scatterElements: Op<[x: Value, indices: Value, updates: Value, axis: number, reduction?: 'none' | 'add']> =
  defineOp({
    name: 'scatterElements',
    onnx: 'ScatterElements',
    node: (x: Value, indices: Value, updates: Value, axis: number, reduction: 'none' | 'add' = 'none') => ({
      inputs: [x, indices, updates],
      attributes: { axis: normalizeAxis(axis, x.shape.length), reduction },
    }),
    outputs({ inputs: [x, indices, updates] }) {
      requireSameType(x, updates);
      if (!sameShape(indices.shape, updates.shape)) throw new Error('places and updates differ in shape');
      return sameType(x);
    },
    gradient({ inputs: [, indices, updates], attributes: { axis, reduction }, grad }) {
      const ofUpdates = gatherElements(grad, indices, axis);
      if (reduction === 'add') return [grad, undefined, ofUpdates];
      const kept = scatterElements(grad, indices, sub(updates, updates), axis);
      return [kept, undefined, ofUpdates];
    },
    samples: [
      {
        title: 'adds up repeated places',
        inputs: [
          { shape: [3], values: [1, 2, 3] },
          { shape: [3], dtype: 'int64', values: [0, 2, 0] },
          { shape: [3], values: [10, 20, 30] },
        ],
        args: (x, indices, updates) => [x, indices, updates, 0, 'add'],
        expected: [[41, 2, 23]],
      },
      {
        title: 'replaces',
        inputs: [{ shape: [2, 3] }, { shape: [2, 2], dtype: 'int64', values: [2, 0, 1, -1] }, { shape: [2, 2] }],
        args: (x, indices, updates) => [x, indices, updates, -1],
      },
    ],
  });
