import { customGradient } from '../../graph/customGradient.ts';
import { add, concat, matMul, mul, scan, sigmoid, split, sub, tanh, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type RecurrentTensors, recur, recurrentWeightGradient, shifted } from './recurrence.ts';
import type { StepContext } from './stepContext.ts';

/**
 * One LSTM layer in the form that trains fastest: x [frames, batch, inputs] → [frames, batch, directions·hidden]. Four
 * gates: input, output, forget, cell. Equal to torch.nn.LSTM on packed sequences; padding must be masked by the caller.
 */
export function lstm(context: StepContext, level: TimeLevel, x: Value, tensors: RecurrentTensors): Value {
  const { inputWeight: weight, recurrentWeight } = tensors;
  const directions = staticShape(recurrentWeight, 'lstm')[0]!;
  const bias = add(tensors.inputBias, tensors.recurrentBias); // only their sum counts
  return recur(context, level, x, { weight, bias, directions }, (gateInputs) =>
    recurrence(gateInputs, recurrentWeight),
  );
}

/**
 * The recurrent part, both directions in one scan: gate inputs [frames, directions, batch, 4·hidden] → states
 * [frames, directions, batch, hidden]. The backward scan carries only what depends on the next frame; every factor
 * that does not is computed for all frames at once before it, and the weight gradient is one product after it.
 */
function recurrence(gateInputs: Value, weight: Value): Value {
  const [, directions, batch, gates] = staticShape(gateInputs, 'lstm') as [number, number, number, number];
  const hidden = gates / 4;
  const zeros = gateInputs.graph.constant(new Float32Array(directions * batch * hidden), [directions, batch, hidden]);
  const step = ([h, c]: readonly Value[], [input]: readonly Value[]) => {
    const preactivation = add(matMul(h!, weight), input!);
    const [three, fourth] = split(preactivation, [3 * hidden, hidden], 2) as readonly [Value, Value];
    const open = sigmoid(three);
    const candidate = tanh(fourth);
    const [i, o, f] = split(open, [hidden, hidden, hidden], 2) as readonly [Value, Value, Value];
    const cell = add(mul(f, c!), mul(i, candidate));
    const squashed = tanh(cell);
    const state = mul(o, squashed);
    return { states: [state, cell], outputs: [state, cell, squashed, open, candidate] };
  };
  const { outputs } = scan({ states: [zeros, zeros], inputs: [gateInputs], step });
  const [states, cells, squashed, open, candidate] = outputs as readonly [Value, Value, Value, Value, Value];

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const [i, o, f] = split(open, [hidden, hidden, hidden], 3) as readonly [Value, Value, Value];
    const slopes = gateSlopes({ i, o, f, candidate, squashed, previousCell: shifted(cells) });
    const dGates = backwardScan(grad!, slopes, f, transpose(weight, [0, 2, 1]), zeros); // [frames, directions, batch, gates]
    return [dGates, recurrentWeightGradient(shifted(states), dGates)];
  };
  return customGradient({ outputs: [states], inputs: [gateInputs, weight], gradient })[0]!;
}

interface Gates {
  i: Value;
  o: Value;
  f: Value;
  candidate: Value;
  squashed: Value;
  previousCell: Value;
}

/** ∂cell/∂state through the output gate's tanh, and ∂/∂preactivation of each gate, [frames, directions, batch, 4·hidden]. */
function gateSlopes({ i, o, f, candidate, squashed, previousCell }: Gates) {
  const rest = (gate: Value) => sub(1, gate);
  const perGate = [
    mul(mul(candidate, i), rest(i)),
    mul(mul(squashed, o), rest(o)),
    mul(mul(previousCell, f), rest(f)),
    mul(i, sub(1, mul(candidate, candidate))),
  ];
  return {
    cell: mul(o, sub(1, mul(squashed, squashed))),
    gates: concat(perGate, 3),
  };
}

function backwardScan(
  grad: Value,
  slopes: { cell: Value; gates: Value },
  forget: Value,
  transposedWeight: Value,
  zeros: Value,
): Value {
  const step = ([fromState, fromCell]: readonly Value[], [g, cellSlope, gateSlope, f]: readonly Value[]) => {
    const dState = add(g!, fromState!);
    const dCell = add(mul(dState, cellSlope!), fromCell!);
    const dGates = mul(concat([dCell, dState, dCell, dCell], 2), gateSlope!);
    return { states: [matMul(dGates, transposedWeight), mul(dCell, f!)], outputs: [dGates] };
  };
  const { outputs } = scan({
    states: [zeros, zeros],
    inputs: [grad, slopes.cell, slopes.gates, forget],
    step,
    reverse: true,
  });
  return outputs[0]!;
}
