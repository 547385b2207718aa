import { customGradient } from '../../graph/customGradient.ts';
import { add, mul, sigmoid, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** x·σ(x), times a dropout mask if there is one; in the backward pass σ + y·(1 − σ) once instead of both factors' own. */
export function swish(x: Value, mask?: Value): Value {
  const gate = sigmoid(x);
  const plain = mul(x, gate);
  const output = mask ? mul(plain, mask) : plain;
  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const slope = add(mul(plain, sub(1, gate)), gate);
    return [mul(mask ? mul(grad!, mask) : grad!, slope)];
  };
  return customGradient({ outputs: [output], inputs: [x], gradient })[0]!;
}
