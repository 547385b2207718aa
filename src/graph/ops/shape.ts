import { defineOp, type Op } from '../defineOp.ts';
import { broadcastShapes, divideProducts, normalizeAxes, normalizeAxis, productOf, sameShape } from '../dims.ts';
import { knownDims } from '../knownDims.ts';
import { int64s, sameType, typed } from '../operand.ts';
import { constantNumbers, type Dim, type Shape, type Value } from '../value.ts';

export const identity: Op<[x: Value]> = defineOp({
  name: 'identity',
  onnx: 'Identity',
  node: (x: Value) => ({ inputs: [x], attributes: {} }),
  outputs: ({ inputs: [x] }) => sameType(x),
  gradient: ({ grad }) => [grad],
  samples: [{ title: 'copy', inputs: [{ shape: [2] }], args: (x) => [x], expected: (x) => [x!] }],
});

/**
 * New shape, same elements. One dim may be −1 (what remains); 0 keeps the dim at that place. A named dim works where
 * it stands at its old place (any number of them), or is the only one that remains.
 */
export const reshape: Op<[x: Value, shape: Shape]> = defineOp({
  name: 'reshape',
  onnx: 'Reshape',
  node(x: Value, shape: Shape) {
    const target = shape.map((dim, axis) => {
      if (typeof dim === 'number') return dim;
      return x.shape[axis] === dim ? 0 : -1;
    });
    return { inputs: [x, int64s(x, target)], attributes: {} };
  },
  outputs({ inputs: [x, target] }) {
    const dims = constantNumbers(target, 'the target shape').map((dim, axis) => (dim === 0 ? keptDim(x, axis) : dim));
    const open = dims.indexOf(-1);
    if (open < 0) {
      if (productOf(dims) !== productOf(x.shape)) throw new Error(`cannot fill [${dims.join(', ')}]`);
      return typed(x.dtype, dims);
    }
    if (dims.lastIndexOf(-1) !== open) throw new Error('only one dim can be what remains');
    const rest = divideProducts(
      x.shape,
      dims.filter((_, axis) => axis !== open),
    );
    if (rest === undefined) throw new Error(`cannot fill [${dims.join(', ')}]`);
    return typed(
      x.dtype,
      dims.map((dim, axis) => (axis === open ? rest : dim)),
    );
  },
  gradient: ({ inputs: [x], grad }) => [sameShape(grad.shape, x.shape) ? grad : reshape(grad, x.shape)],
  samples: [
    {
      title: 'what remains',
      inputs: [{ shape: [2, 3, 4] }],
      args: (x) => [x, [4, -1]],
      expected: (x) => [x!],
    },
    { title: 'kept dim', inputs: [{ shape: [2, 3, 4] }], args: (x) => [x, [0, 12]] },
    { title: 'to a scalar', inputs: [{ shape: [1, 1] }], args: (x) => [x, []] },
    {
      title: 'named dims kept and merged',
      inputs: [{ shape: ['batch', 2, 'time', 3], sizes: { batch: 2, time: 5 } }],
      args: (x) => [x, [x.shape[0]!, -1, 3]],
    },
    {
      title: 'named dim moved',
      inputs: [{ shape: ['batch', 2, 3, 1], sizes: { batch: 4 } }],
      args: (x) => [x, [6, x.shape[0]!]],
    },
  ],
});

function keptDim(x: Value, axis: number): Dim {
  const dim = x.shape[axis];
  if (dim === undefined) throw new Error(`there is no dim ${axis} to keep`);
  return dim;
}

export const transpose: Op<[x: Value, permutation: readonly number[]]> = defineOp({
  name: 'transpose',
  onnx: 'Transpose',
  node: (x: Value, permutation: readonly number[]) => ({
    inputs: [x],
    attributes: { perm: normalizeAxes(permutation, x.shape.length) },
  }),
  outputs({ inputs: [x], attributes: { perm } }) {
    if (perm.length !== x.shape.length) throw new Error(`permutation [${perm.join(', ')}] leaves axes out`);
    return typed(
      x.dtype,
      perm.map((axis) => x.shape[axis]!),
    );
  },
  gradient: ({ attributes: { perm }, grad }) => [
    transpose(
      grad,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  samples: [
    { title: 'cycle of three', inputs: [{ shape: [2, 3, 4] }], args: (x) => [x, [2, 0, 1]] },
    {
      title: 'matrix',
      inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
      args: (x) => [x, [1, 0]],
      expected: [[1, 3, 2, 4]],
    },
    {
      title: 'named dims, negative axes',
      inputs: [{ shape: ['batch', 2, 'time'], sizes: { batch: 2, time: 3 } }],
      args: (x) => [x, [-1, 0, 1]],
    },
  ],
});

export const squeeze: Op<[x: Value, axes: readonly number[]]> = defineOp({
  name: 'squeeze',
  onnx: 'Squeeze',
  node: (x: Value, axes: readonly number[]) => ({
    inputs: [x, int64s(x, normalizeAxes(axes, x.shape.length))],
    attributes: {},
  }),
  outputs({ inputs: [x, axes] }) {
    const gone = constantNumbers(axes, 'the axes');
    for (const axis of gone) if (x.shape[axis] !== 1) throw new Error(`dim ${axis} is ${x.shape[axis]}, not 1`);
    return typed(
      x.dtype,
      x.shape.filter((_, axis) => !gone.includes(axis)),
    );
  },
  gradient: ({ inputs: [, axes], grad }) => [unsqueeze(grad, constantNumbers(axes, 'the axes'))],
  samples: [
    { title: 'two axes, one negative', inputs: [{ shape: [1, 3, 1] }], args: (x) => [x, [0, -1]] },
    { title: 'named dim', inputs: [{ shape: ['n', 1], sizes: { n: 2 } }], args: (x) => [x, [1]] },
  ],
});

/** Inserts dims of size 1; axes count in the result. */
export const unsqueeze: Op<[x: Value, axes: readonly number[]]> = defineOp({
  name: 'unsqueeze',
  onnx: 'Unsqueeze',
  node: (x: Value, axes: readonly number[]) => ({
    inputs: [x, int64s(x, normalizeAxes(axes, x.shape.length + axes.length))],
    attributes: {},
  }),
  outputs({ inputs: [x, axes] }) {
    const added = constantNumbers(axes, 'the axes');
    const old = x.shape.values();
    const rank = x.shape.length + added.length;
    return typed(
      x.dtype,
      Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : old.next().value!)),
    );
  },
  gradient: ({ inputs: [, axes], grad }) => [squeeze(grad, constantNumbers(axes, 'the axes'))],
  samples: [
    { title: 'front and back', inputs: [{ shape: [2, 3] }], args: (x) => [x, [0, -1]] },
    { title: 'middle', inputs: [{ shape: ['n', 3], sizes: { n: 2 } }], args: (x) => [x, [1]] },
  ],
});

/** To a matrix: dims before `axis` are its rows. */
export const flatten: Op<[x: Value, axis?: number]> = defineOp({
  name: 'flatten',
  onnx: 'Flatten',
  node: (x: Value, axis = 1) => ({
    inputs: [x],
    attributes: { axis: axis === x.shape.length ? axis : normalizeAxis(axis, x.shape.length) },
  }),
  outputs: ({ inputs: [x], attributes: { axis } }) =>
    typed(x.dtype, [productOf(x.shape.slice(0, axis)), productOf(x.shape.slice(axis))]),
  gradient: ({ inputs: [x], grad }) => [reshape(grad, x.shape)],
  samples: [
    { title: 'default axis', inputs: [{ shape: [2, 3, 4] }], args: (x) => [x] },
    { title: 'all to rows', inputs: [{ shape: [2, 3] }], args: (x) => [x, 2] },
    { title: 'negative axis', inputs: [{ shape: [2, 'time', 4], sizes: { time: 3 } }], args: (x) => [x, -1] },
  ],
});

/** Broadcasts to a shape: sizes, or an int64 vector such as `shape(like)`. */
export const expand: Op<[x: Value, shape: readonly number[] | Value]> = defineOp({
  name: 'expand',
  onnx: 'Expand',
  node: (x: Value, shape: readonly number[] | Value) => ({
    inputs: [x, 'dtype' in shape ? shape : int64s(x, shape)],
    attributes: {},
  }),
  outputs({ inputs: [x, shape] }) {
    const target = knownDims(shape);
    if (!target) throw new Error('the target shape does not follow from the graph');
    return typed(x.dtype, broadcastShapes(x.shape, target));
  },
  gradient: ({ grad }) => [grad],
  samples: [
    { title: 'new and stretched dims', inputs: [{ shape: [3, 1] }], args: (x) => [x, [2, 3, 4]] },
    {
      title: 'scalar',
      inputs: [{ shape: [], values: [7] }],
      args: (x) => [x, [3]],
      expected: [[7, 7, 7]],
    },
    { title: 'to no elements', inputs: [{ shape: [1, 2] }], args: (x) => [x, [0, 2]] },
    {
      title: 'row to named dims',
      inputs: [{ shape: [2] }, { shape: ['batch', 'time', 2], dtype: 'int64', sizes: { batch: 2, time: 3 } }],
      args: (x, like) => [x, shape(like)],
    },
  ],
});

/** Sizes at run time, as an int64 vector. */
export const shape: Op<[x: Value]> = defineOp({
  name: 'shape',
  onnx: 'Shape',
  node: (x: Value) => ({ inputs: [x], attributes: {} }),
  outputs: ({ inputs: [x] }) => typed('int64', [x.shape.length]),
  gradient: 'none',
  samples: [
    {
      title: 'named dims',
      inputs: [{ shape: ['batch', 3], sizes: { batch: 2 } }],
      args: (x) => [x],
      expected: [[2, 3]],
    },
  ],
});
