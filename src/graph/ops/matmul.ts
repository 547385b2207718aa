import { defineOp, type Op } from '../defineOp.ts';
import { broadcastShapes } from '../dims.ts';
import { requireSameType, typed } from '../operand.ts';
import type { Dim, Value } from '../value.ts';
import { reduceSum } from './reduce.ts';
import { transpose } from './shape.ts';

/** Matrix product of the last two axes; leading axes broadcast. */
export const matMul: Op<[a: Value, b: Value]> = defineOp({
  name: 'matMul',
  onnx: 'MatMul',
  node: (a: Value, b: Value) => ({ inputs: [a, b], attributes: {} }),
  outputs({ inputs: [a, b] }) {
    requireSameType(a, b);
    if (a.shape.length < 2 || b.shape.length < 2) throw new Error('both operands need two axes');
    requireInner(a.shape.at(-1)!, b.shape.at(-2)!);
    const leading = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return typed(a.dtype, [...leading, a.shape.at(-2)!, b.shape.at(-1)!]);
  },
  gradient: ({ inputs: [a, b], grad }) => [matMul(grad, swapLast(b)), matMul(swapLast(a), grad)],
  samples: [
    {
      title: 'matrices',
      inputs: [
        { shape: [2, 2], values: [1, 2, 3, 4] },
        { shape: [2, 1], values: [5, 6] },
      ],
      args: (a, b) => [a, b],
      expected: [[17, 39]],
    },
    { title: 'batch of both', inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4, 2] }], args: (a, b) => [a, b] },
    { title: 'shared right side', inputs: [{ shape: [2, 3, 4] }, { shape: [4, 2] }], args: (a, b) => [a, b] },
    { title: 'both sides broadcast', inputs: [{ shape: [2, 1, 3, 4] }, { shape: [5, 4, 2] }], args: (a, b) => [a, b] },
    {
      title: 'named dims',
      inputs: [{ shape: ['batch', 'time', 3], sizes: { batch: 2, time: 4 } }, { shape: [3, 2] }],
      args: (a, b) => [a, b],
    },
    { title: 'no rows', inputs: [{ shape: [0, 3] }, { shape: [3, 2] }], args: (a, b) => [a, b] },
  ],
});

function requireInner(a: Dim, b: Dim): void {
  if (a !== b) throw new Error(`inner sizes ${a} and ${b} differ`);
}

const swapLast = (x: Value) => {
  const rank = x.shape.length;
  return transpose(
    x,
    x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
};

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** a·b + c of matrices, either factor transposed; c broadcasts. */
export const gemm: Op<[a: Value, b: Value, c?: Value, options?: GemmOptions]> = defineOp({
  name: 'gemm',
  onnx: 'Gemm',
  node: (a: Value, b: Value, c?: Value, options?: GemmOptions) => ({
    inputs: [a, b, ...(c ? [c] : [])],
    attributes: { transA: options?.transA ? 1 : 0, transB: options?.transB ? 1 : 0 },
  }),
  outputs({ inputs, attributes: { transA, transB } }) {
    const [a, b] = inputs as readonly [Value, Value];
    requireSameType(a, b);
    if (a.shape.length !== 2 || b.shape.length !== 2) throw new Error('both factors must be matrices');
    const [rows, innerA] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const [innerB, columns] = transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
    requireInner(innerA, innerB);
    return typed(a.dtype, [rows, columns]);
  },
  gradient({ inputs, attributes, grad }) {
    const [a, b, c] = inputs as readonly [Value, Value, Value?];
    const transA = attributes.transA === 1;
    const transB = attributes.transB === 1;
    const gradA = transA
      ? gemm(b, grad, undefined, { transA: transB, transB: true })
      : gemm(grad, b, undefined, { transB: !transB });
    const gradB = transB
      ? gemm(grad, a, undefined, { transA: true, transB: transA })
      : gemm(a, grad, undefined, { transA: !transA });
    // The common bias is a row; reducing here keeps the walk from seeing a rank it would have to reshape.
    const gradC = c && c.shape.length === 1 && c.shape[0] === grad.shape[1] ? reduceSum(grad, [0]) : grad;
    return c ? [gradA, gradB, gradC] : [gradA, gradB];
  },
  samples: [
    {
      title: 'row bias',
      inputs: [{ shape: [3, 4] }, { shape: [4, 2] }, { shape: [2] }],
      args: (a, b, c) => [a, b, c],
    },
    {
      title: 'no bias, left transposed',
      inputs: [{ shape: [4, 3] }, { shape: [4, 2] }],
      args: (a, b) => [a, b, undefined, { transA: true }],
    },
    {
      title: 'right transposed',
      inputs: [{ shape: [3, 4] }, { shape: [2, 4] }],
      args: (a, b) => [a, b, undefined, { transB: true }],
    },
    {
      title: 'both transposed, column bias',
      inputs: [{ shape: [4, 3] }, { shape: [2, 4] }, { shape: [3, 1] }],
      args: (a, b, c) => [a, b, c, { transA: true, transB: true }],
    },
    {
      title: 'named rows',
      inputs: [{ shape: ['n', 2], sizes: { n: 3 } }, { shape: [2, 2] }, { shape: [1, 2] }],
      args: (a, b, c) => [a, b, c],
    },
  ],
});
