import { stopGradient } from '../customGradient.ts';
import { defineOp, type Op } from '../defineOp.ts';
import { normalizeAxis } from '../dims.ts';
import { sameType } from '../operand.ts';
import type { Value } from '../value.ts';
import { exp, log } from './activation.ts';
import { add, mul, sub } from './elementwise.ts';
import { type ReduceOptions, reduceMax, reduceSum } from './reduce.ts';

export const softmax: Op<[x: Value, axis: number]> = defineOp({
  name: 'softmax',
  onnx: 'Softmax',
  node: (x: Value, axis: number) => ({
    inputs: [x],
    attributes: { axis: normalizeAxis(axis, x.shape.length) },
  }),
  outputs: ({ inputs: [x] }) => sameType(x),
  gradient({ output, attributes: { axis }, grad }) {
    const weighted = mul(grad, output);
    return [sub(weighted, mul(output, reduceSum(weighted, [axis], { keepDims: true })))];
  },
  samples: [
    { title: 'last axis', inputs: [{ shape: [2, 4] }], args: (x) => [x, -1] },
    { title: 'middle axis', inputs: [{ shape: [2, 3, 2] }], args: (x) => [x, 1] },
    {
      title: 'large numbers, named size',
      inputs: [{ shape: ['n', 2], sizes: { n: 1 }, values: [1000, 1000 + Math.log(3)] }],
      args: (x) => [x, 1],
      // float32 keeps 1000 + log 3 to 3e-5.
      expected: (x) => [[1 / (1 + Math.exp(x![1]! - x![0]!)), 1 / (1 + Math.exp(x![0]! - x![1]!))]],
      expectedGradients: [[0, 0]],
    },
  ],
});

/** log Σ exp along one axis, by the largest element, from ops every provider has. */
export function logSumExp(x: Value, axis: number, options?: ReduceOptions): Value {
  const top = stopGradient(reduceMax(x, [axis], { keepDims: true }));
  const sum = log(reduceSum(exp(sub(x, top)), [axis], options));
  return add(sum, options?.keepDims ? top : stopGradient(reduceMax(x, [axis])));
}

/** x − log Σ exp(x) along one axis. */
export function logSoftmax(x: Value, axis: number): Value {
  const shifted = sub(x, stopGradient(reduceMax(x, [axis], { keepDims: true })));
  return sub(shifted, log(reduceSum(exp(shifted), [axis], { keepDims: true })));
}
