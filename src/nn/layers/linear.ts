import { gemm, reshape } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';

/** x·W + b over the last axis: x [..., inputs], weight [inputs, outputs], bias [outputs]. */
export function linear(x: Value, weight: Value, bias: Value): Value {
  const shape = staticShape(x, 'linear');
  const [inputs, outputs] = staticShape(weight, 'linear');
  // A matrix product with its bias in one node, whose weight gradient is one product too.
  const rows = gemm(reshape(x, [-1, inputs!]), weight, bias);
  return reshape(rows, [...shape.slice(0, -1), outputs!]);
}
