import { gemm, matMul, pad, reshape, slice, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { toNaturalOrder, toReadingOrder } from './readingOrder.ts';
import type { StepContext } from './stepContext.ts';

/** Of one recurrent layer with n gates per unit, in ONNX order. */
export interface RecurrentTensors {
  /** [inputs, directions·n·hidden] */
  inputWeight: Value;
  /** [directions, hidden, n·hidden] */
  recurrentWeight: Value;
  /** [directions·n·hidden] */
  inputBias: Value;
  /** [directions·n·hidden] */
  recurrentBias: Value;
}

/**
 * A recurrent layer around its cell: x [frames, batch, inputs] → [frames, batch, directions·hidden]. `cell` turns what
 * the input adds to each gate, [frames, directions, batch, n·hidden] with frames in reading order, into states
 * [frames, directions, batch, hidden].
 *
 * Equal to PyTorch on packed sequences: the second direction starts at each utterance's own end, because it reads the
 * utterance reversed within its length. What lies on padding is arbitrary and must be masked by the caller; it comes
 * after an utterance in both reading orders, so nothing flows back from it once it is masked.
 */
export function recur(
  context: StepContext,
  level: TimeLevel,
  x: Value,
  { weight, bias, directions }: { weight: Value; bias: Value; directions: number },
  cell: (gateInputs: Value) => Value,
): Value {
  const [frames, batch, inputs] = staticShape(x, 'a recurrent layer') as [number, number, number];
  const projected = gemm(reshape(x, [frames * batch, inputs]), weight, bias);
  const perFrame = reshape(projected, [frames, batch, staticShape(weight, 'a recurrent layer')[1]!]);
  return toNaturalOrder(context, level, cell(toReadingOrder(context, level, perFrame, directions)));
}

/** What the frame before left behind: zeros, then all but the last. */
export function shifted(x: Value): Value {
  const frames = staticShape(x, 'a recurrent layer')[0]!;
  return pad(slice(x, { axis: 0, end: frames - 1 }), { axis: 0, before: 1 });
}

/** Gradient of the recurrent weight, [directions, hidden, gates], as one product of all frames. */
export function recurrentWeightGradient(previousStates: Value, dGates: Value): Value {
  const [frames, directions, batch, hidden] = staticShape(previousStates, 'a recurrent layer') as Shape4;
  const columns = reshape(transpose(previousStates, [1, 3, 0, 2]), [directions, hidden, frames * batch]);
  const rows = reshape(transpose(dGates, [1, 0, 2, 3]), [directions, frames * batch, dGates.shape[3]!]);
  return matMul(columns, rows);
}
type Shape4 = [number, number, number, number];
