import { add, concat, mul, sigmoid, split, sub, tanh } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** What one step of an LSTM leaves behind; the last three are for its gradient. */
export interface LstmStep {
  state: Value; // […, hidden]
  cell: Value; // […, hidden]
  squashed: Value; // […, hidden]
  open: Value; // […, 3·hidden]
  candidate: Value; // […, hidden]
}

/** One step of an LSTM: the sums at its gates […, 4·hidden], in ONNX order (input, output, forget, cell), and the cell before. */
export function lstmCell(preactivation: Value, previousCell: Value): LstmStep {
  const axis = previousCell.shape.length - 1;
  const hidden = previousCell.shape[axis] as number;
  const [three, fourth] = split(preactivation, [3 * hidden, hidden], axis) as readonly [Value, Value];
  const open = sigmoid(three);
  const candidate = tanh(fourth);
  const [i, o, f] = gatesOf(open, hidden);
  const cell = add(mul(f, previousCell), mul(i, candidate));
  const squashed = tanh(cell);
  return { state: mul(o, squashed), cell, squashed, open, candidate };
}

/** Factors of the backward step that do not depend on later steps, so that they can be computed for all steps at once. */
export interface LstmSlopes {
  /** ∂cell/∂state through the output gate's tanh, […, hidden]. */
  cell: Value;
  /** ∂/∂preactivation of each gate, […, 4·hidden]. */
  gates: Value;
  forget: Value; // […, hidden]
}

export function lstmSlopes(
  { squashed, open, candidate }: Pick<LstmStep, 'squashed' | 'open' | 'candidate'>,
  previousCell: Value,
): LstmSlopes {
  const axis = squashed.shape.length - 1;
  const [i, o, f] = gatesOf(open, squashed.shape[axis] as number);
  const rest = (gate: Value) => sub(1, gate);
  const perGate = [
    mul(mul(candidate, i), rest(i)),
    mul(mul(squashed, o), rest(o)),
    mul(mul(previousCell, f), rest(f)),
    mul(i, sub(1, mul(candidate, candidate))),
  ];
  return { cell: mul(o, sub(1, mul(squashed, squashed))), gates: concat(perGate, axis), forget: f };
}

/** Gradients of one step: of its gates' sums […, 4·hidden] and of the cell before. */
export function lstmCellGradient(dState: Value, dCellAfter: Value, slopes: LstmSlopes): { gates: Value; cell: Value } {
  const dCell = add(mul(dState, slopes.cell), dCellAfter);
  const gates = mul(concat([dCell, dState, dCell, dCell], dState.shape.length - 1), slopes.gates);
  return { gates, cell: mul(dCell, slopes.forget) };
}

function gatesOf(open: Value, hidden: number): readonly [Value, Value, Value] {
  return split(open, [hidden, hidden, hidden], open.shape.length - 1) as unknown as readonly [Value, Value, Value];
}
