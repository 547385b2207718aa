import { defineOp, type Op, type Sample } from '../defineOp.ts';
import { sameType, scalarLike } from '../operand.ts';
import type { Value } from '../value.ts';
import { greater, where } from './compare.ts';
import { div, mul, neg, sub } from './elementwise.ts';

type Unary = Op<[x: Value]>;
type UnaryGradient = (x: Value, y: Value, grad: Value) => Value;
const POSITIVE: readonly [number, number] = [0.3, 2.5];

function defineUnary(
  name: string,
  onnx: string,
  evaluate: (x: number) => number,
  gradient: UnaryGradient,
  options: { range?: readonly [number, number]; more?: readonly Sample<[Value]>[] } = {},
): Unary {
  const range = options.range ? { range: options.range } : {};
  const expected = (x?: number[]) => [x!.map(evaluate)];
  return defineOp({
    name,
    onnx,
    node: (x: Value) => ({ inputs: [x], attributes: {} }),
    outputs: ({ inputs: [x] }) => sameType(x),
    gradient: ({ inputs: [x], output, grad }) => [gradient(x, output, grad)],
    samples: [
      { title: 'matrix', inputs: [{ shape: [3, 4], ...range }], args: (x) => [x], expected },
      { title: 'scalar', inputs: [{ shape: [], ...range }], args: (x) => [x], expected },
      {
        title: 'named size',
        inputs: [{ shape: [2, 'time'], sizes: { time: 5 }, ...range }],
        args: (x) => [x],
        expected,
      },
      ...(options.more ?? []),
    ],
  });
}

export const exp: Unary = defineUnary('exp', 'Exp', Math.exp, (_x, y, grad) => mul(grad, y));
export const log: Unary = defineUnary('log', 'Log', Math.log, (x, _y, grad) => div(grad, x), { range: POSITIVE });
export const sqrt: Unary = defineUnary('sqrt', 'Sqrt', Math.sqrt, (_x, y, grad) => div(mul(grad, 0.5), y), {
  range: POSITIVE,
});
export const reciprocal: Unary = defineUnary(
  'reciprocal',
  'Reciprocal',
  (x) => 1 / x,
  (_x, y, grad) => neg(mul(grad, mul(y, y))),
  { range: POSITIVE },
);
export const tanh: Unary = defineUnary('tanh', 'Tanh', Math.tanh, (_x, y, grad) => mul(grad, sub(1, mul(y, y))));
export const sigmoid: Unary = defineUnary(
  'sigmoid',
  'Sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  (_x, y, grad) => mul(grad, mul(y, sub(1, y))),
);
export const cos: Unary = defineUnary('cos', 'Cos', Math.cos, (x, _y, grad) => neg(mul(grad, sin(x))));
export const sin: Unary = defineUnary('sin', 'Sin', Math.sin, (x, _y, grad) => mul(grad, cos(x)));

/** The gradient at 0 is 0, as in PyTorch. */
export const relu: Unary = defineUnary(
  'relu',
  'Relu',
  (x) => Math.max(x, 0),
  (_x, y, grad) => where(greater(y, 0), grad, scalarLike(grad, 0)),
  {
    more: [
      {
        title: 'at the kink',
        inputs: [{ shape: [3], values: [-1, 0, 2] }],
        args: (x) => [x],
        expected: [[0, 0, 2]],
        expectedGradients: [[0, 0, 1]],
      },
    ],
  },
);

/** Gauss error function; its derivative is 2/√π·exp(−x²). */
export const erf: Unary = defineUnary('erf', 'Erf', erfReference, (x, _y, grad) =>
  mul(grad, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
);

/** Maclaurin series, exact to float64 for the small arguments of the samples. */
function erfReference(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 40; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
