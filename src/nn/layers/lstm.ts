import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  concat,
  gemm,
  matMul,
  mul,
  pad,
  reshape,
  scan,
  sigmoid,
  slice,
  split,
  sub,
  tanh,
  transpose,
  unsqueeze,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { reverseTime } from './reverseTime.ts';
import type { StepContext } from './stepContext.ts';

export interface LstmTensors {
  /** [inputs, directions·4·hidden]; gates of a direction in ONNX order: input, output, forget, cell. */
  inputWeight: Value;
  /** [directions, hidden, 4·hidden] */
  recurrentWeight: Value;
  /** Both [directions·4·hidden]; only their sum counts. */
  inputBias: Value;
  recurrentBias: Value;
}

/**
 * One LSTM layer in the form that trains fastest: x [frames, batch, inputs] → [frames, batch, directions·hidden].
 *
 * Equal to PyTorch's on packed sequences: the second direction starts at each utterance's own end, because it reads the
 * utterance reversed within its length. What lies on padding is arbitrary and must be masked by the caller; it comes
 * after an utterance in both reading orders, so nothing flows back from it once it is masked.
 */
export function lstm(context: StepContext, level: TimeLevel, x: Value, tensors: LstmTensors): Value {
  const [frames, batch, inputs] = staticShape(x, 'lstm') as [number, number, number];
  const [directions, hidden] = staticShape(tensors.recurrentWeight, 'lstm') as [number, number, number];
  const gates = 4 * hidden;
  const bias = add(tensors.inputBias, tensors.recurrentBias);
  const projected = gemm(reshape(x, [frames * batch, inputs]), tensors.inputWeight, bias);
  const perFrame = reshape(projected, [frames, batch, directions * gates]);
  const scanned = recurrence(readingOrder(context, level, perFrame, directions), tensors.recurrentWeight);
  return naturalOrder(context, level, scanned);
}

/** [frames, batch, directions·n] → [frames, directions, batch, n], each direction in the order it reads. */
function readingOrder(context: StepContext, level: TimeLevel, x: Value, directions: number): Value {
  if (directions === 1) return unsqueeze(x, [1]);
  const half = staticShape(x, 'lstm')[2]! / 2;
  const [forward, backward] = split(x, [half, half], 2) as readonly [Value, Value];
  return concat([unsqueeze(forward, [1]), unsqueeze(reverseTime(context, level, backward), [1])], 1);
}

/** The inverse of `readingOrder`. */
function naturalOrder(context: StepContext, level: TimeLevel, x: Value): Value {
  const [frames, directions, batch, width] = staticShape(x, 'lstm') as [number, number, number, number];
  if (directions === 1) return reshape(x, [frames, batch, width]);
  const parts = split(x, [1, 1], 1).map((part) => reshape(part, [frames, batch, width]));
  return concat([parts[0]!, reverseTime(context, level, parts[1]!)], 2);
}

/**
 * The recurrent part, both directions in one scan: gate inputs [frames, directions, batch, 4·hidden] → states
 * [frames, directions, batch, hidden]. The backward scan carries only what depends on the next frame; every factor
 * that does not is computed for all frames at once before it, and the weight gradient is one product after it.
 */
function recurrence(gateInputs: Value, weight: Value): Value {
  const [frames, directions, batch, gates] = staticShape(gateInputs, 'lstm') as [number, number, number, number];
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
    const previousState = shifted(states);
    const slopes = gateSlopes({ i, o, f, candidate, squashed, previousCell: shifted(cells) });
    const dGates = backwardScan(grad!, slopes, f, transpose(weight, [0, 2, 1]), zeros); // [frames, directions, batch, gates]
    const columns = reshape(transpose(previousState, [1, 3, 0, 2]), [directions, hidden, frames * batch]);
    const rows = reshape(transpose(dGates, [1, 0, 2, 3]), [directions, frames * batch, gates]);
    const dWeight = matMul(columns, rows);
    return [dGates, dWeight];
  };
  return customGradient({ outputs: [states], inputs: [gateInputs, weight], gradient })[0]!;
}

/** What the frame before left behind: zeros, then all but the last. */
function shifted(x: Value): Value {
  const frames = staticShape(x, 'lstm')[0]!;
  return pad(slice(x, { axis: 0, end: frames - 1 }), { axis: 0, before: 1 });
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
