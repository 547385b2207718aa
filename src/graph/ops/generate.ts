import { defineOp, type Op } from '../defineOp.ts';
import { knownDim, knownDims } from '../knownDims.ts';
import { typed } from '../operand.ts';
import type { DataType, Value } from '../value.ts';
import { gather } from './indexing.ts';
import { shape } from './shape.ts';

/** A tensor of one number, of a shape known at run time (an int64 vector such as `shape(x)`). */
export const constantOfShape: Op<[shape: Value, number: number, dtype?: DataType]> = defineOp({
  name: 'constantOfShape',
  onnx: 'ConstantOfShape',
  node(shape: Value, number: number, dtype: DataType = 'float32') {
    const constant = shape.graph.constant(number, [1], dtype);
    if (constant.source.kind !== 'constant') throw new Error('not a constant');
    return { inputs: [shape], attributes: { value: { tensor: constant.source.data, dtype, shape: [1] } } };
  },
  outputs({ inputs: [shape], attributes: { value } }) {
    const dims = knownDims(shape);
    if (!dims) throw new Error('the shape does not follow from the graph');
    return typed(value.dtype, dims);
  },
  gradient: 'none',
  samples: [
    {
      title: 'float',
      inputs: [{ shape: ['n', 2], sizes: { n: 2 } }],
      args: (x) => [shape(x), 1.5],
      expected: [[1.5, 1.5, 1.5, 1.5]],
    },
    {
      title: 'int64, one size of many',
      inputs: [{ shape: [2, 'n'], sizes: { n: 3 } }],
      args: (x) => [gather(shape(x), [1], 0), 7, 'int64'],
      expected: [[7, 7, 7]],
    },
  ],
});

/** 0, 1, … up to, not including, a limit: an int64 scalar such as `gather(shape(x), 1, 0)`. */
export const range: Op<[limit: Value]> = defineOp({
  name: 'range',
  onnx: 'Range',
  node: (limit: Value) => ({
    inputs: [limit.graph.constant(0, [], limit.dtype), limit, limit.graph.constant(1, [], limit.dtype)],
    attributes: {},
  }),
  outputs: ({ inputs: [, limit] }) => typed(limit.dtype, [knownDim(limit) ?? `range${limit.id}`]),
  gradient: 'none',
  samples: [
    {
      title: 'as long as an axis',
      inputs: [{ shape: [2, 'time'], sizes: { time: 4 } }],
      args: (x) => [gather(shape(x), 1, 0)],
      expected: [[0, 1, 2, 3]],
    },
    {
      title: 'constant limit',
      inputs: [{ shape: [1] }],
      args: (x) => [x.graph.constant(3, [], 'int64')],
      expected: [[0, 1, 2]],
    },
  ],
});
