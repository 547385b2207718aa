import { defineMultiOp, defineOp, type Op } from '../defineOp.ts';
import { sameShape, windowCount } from '../dims.ts';
import { int64s, scalarLike, typed } from '../operand.ts';
import { constantNumbers, staticShape, type Value } from '../value.ts';
import { gather, scatterElements } from './indexing.ts';
import { expand, reshape } from './shape.ts';

export interface PoolOptions {
  readonly kernel: readonly number[];
  /** Default: the kernel. */
  readonly strides?: readonly number[];
}

const windowOf = ({ kernel, strides }: PoolOptions) => {
  if (strides && strides.length !== kernel.length) throw new Error('strides do not fit the kernel');
  return { kernel_shape: kernel, strides: strides ?? kernel };
};

/**
 * Maximum over windows of the spatial axes (the floor rule: a remainder is dropped), and the places of the maxima in
 * the flattened input. Of tied maxima the first is taken.
 */
export const maxPool: Op<[x: Value, options: PoolOptions], readonly Value[]> = defineMultiOp({
  name: 'maxPool',
  onnx: 'MaxPool',
  requiredOutputs: 1,
  node: (x: Value, options: PoolOptions) => ({ inputs: [x], attributes: windowOf(options) }),
  outputs({ inputs: [x], attributes }) {
    if (x.shape.length !== attributes.kernel_shape.length + 2) throw new Error('the kernel does not fit the rank');
    const windows = attributes.kernel_shape.map((kernel, axis) =>
      windowCount(x.shape[2 + axis]!, kernel, attributes.strides[axis]!, 0),
    );
    const shape = [...x.shape.slice(0, 2), ...windows];
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int64' },
    ];
  },
  gradient({ inputs: [x], outputs: [, indices], attributes, grad }) {
    const { kernel_shape: kernel, strides } = attributes;
    const sizes = staticShape(x, 'the gradient of maxPool');
    const overlap = kernel.some((size, axis) => size > strides[axis]!);
    if (!overlap) return [maxUnpool(grad, indices!, sizes, { kernel, strides })];
    const zeros = expand(scalarLike(x, 0), [sizes.reduce((product, dim) => product * dim, 1)]);
    const flat = scatterElements(zeros, reshape(indices!, [-1]), reshape(grad, [-1]), 0, 'add');
    return [reshape(flat, sizes)];
  },
  samples: [
    {
      title: 'maxima and their places',
      inputs: [{ shape: [1, 2, 2, 2], values: [1, 3, 2, 0, 5, 6, 8, 7] }],
      args: (x) => [x, { kernel: [2, 2] }],
      expected: [
        [3, 8],
        [1, 6],
      ],
    },
    {
      title: 'sizes that do not divide',
      inputs: [{ shape: [2, 3, 5, 7], spaced: true }],
      args: (x) => [x, { kernel: [2, 3] }],
    },
    { title: 'one axis only', inputs: [{ shape: [1, 2, 3, 4], spaced: true }], args: (x) => [x, { kernel: [1, 2] }] },
    {
      title: 'gaps',
      inputs: [{ shape: [1, 1, 5, 6], spaced: true }],
      args: (x) => [x, { kernel: [2, 2], strides: [3, 2] }],
    },
    {
      title: 'overlap',
      inputs: [{ shape: [2, 2, 4, 5], spaced: true }],
      args: (x) => [x, { kernel: [3, 2], strides: [1, 1] }],
    },
    {
      title: 'ties',
      inputs: [{ shape: [1, 1, 2, 5], values: [2, 2, 0, 0, 9, 2, 1, 0, 0, 9] }],
      args: (x) => [x, { kernel: [2, 2] }],
      expected: [
        [2, 0],
        [0, 2],
      ],
      expectedGradients: [[1, 0, 1, 0, 0, 0, 0, 0, 0, 0]],
    },
    {
      title: 'named size',
      inputs: [{ shape: ['batch', 1, 4, 'time'], sizes: { batch: 1, time: 7 } }],
      args: (x) => [x, { kernel: [2, 2] }],
    },
  ],
});

/** Puts elements at places of a flattened output of the given shape, zeros elsewhere. */
export const maxUnpool: Op<[x: Value, indices: Value, shape: readonly number[], options: PoolOptions]> = defineOp({
  name: 'maxUnpool',
  onnx: 'MaxUnpool',
  node: (x: Value, indices: Value, shape: readonly number[], options: PoolOptions) => ({
    inputs: [x, indices, int64s(x, shape)],
    attributes: windowOf(options),
  }),
  outputs({ inputs: [x, indices, shape] }) {
    if (!sameShape(x.shape, indices.shape)) throw new Error('elements and places differ in shape');
    return typed(x.dtype, constantNumbers(shape, 'the shape'));
  },
  gradient: ({ inputs: [, indices], grad }) => [gather(reshape(grad, [-1]), indices, 0)],
  samples: [
    {
      title: 'with remainder',
      inputs: [
        { shape: [1, 1, 1, 2], values: [5, 7] },
        { shape: [1, 1, 1, 2], dtype: 'int64', values: [6, 3] },
      ],
      args: (x, indices) => [x, indices, [1, 1, 2, 5], { kernel: [2, 2] }],
      expected: [[0, 0, 0, 7, 0, 0, 5, 0, 0, 0]],
    },
    {
      title: 'two channels',
      inputs: [{ shape: [1, 2, 1, 2] }, { shape: [1, 2, 1, 2], dtype: 'int64', values: [1, 2, 4, 7] }],
      args: (x, indices) => [x, indices, [1, 2, 1, 4], { kernel: [1, 2] }],
    },
  ],
});
