import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  concat,
  matMul,
  mul,
  reduceSum,
  reshape,
  scan,
  sigmoid,
  slice,
  split,
  sub,
  tanh,
  transpose,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type RecurrentTensors, recur, recurrentWeightGradient, shifted } from './recurrence.ts';
import type { StepContext } from './stepContext.ts';

/**
 * One GRU layer in the form that trains fastest: x [frames, batch, inputs] → [frames, batch, directions·hidden]. Three
 * gates: update z, reset r, candidate n. Equal to torch.nn.GRU on packed sequences (the reset gate acts on the recurrent
 * product with its bias); padding must be masked by the caller.
 */
export function gru(context: StepContext, level: TimeLevel, x: Value, tensors: RecurrentTensors): Value {
  const { inputWeight: weight, recurrentWeight, inputBias, recurrentBias } = tensors;
  const [directions, hidden] = staticShape(recurrentWeight, 'gru') as [number, number, number];
  const perDirection = reshape(recurrentBias, [directions, 3 * hidden]);
  const [ofGates, ofCandidate] = split(perDirection, [2 * hidden, hidden], 1) as readonly [Value, Value];
  const nothing = x.graph.constant(new Float32Array(directions * hidden), [directions, hidden]);
  const bias = add(inputBias, reshape(concat([ofGates, nothing], 1), [-1]));
  const candidateBias = reshape(ofCandidate, [directions, 1, hidden]);
  return recur(context, level, x, { weight, bias, directions }, (gateInputs) =>
    recurrence(gateInputs, recurrentWeight, candidateBias),
  );
}

/**
 * The recurrent part, both directions in one scan: gate inputs [frames, directions, batch, 3·hidden] → states
 * [frames, directions, batch, hidden]. All gradients of a frame are its state's gradient times factors that no other
 * frame enters; those are computed for all frames at once before the backward scan.
 */
function recurrence(gateInputs: Value, weight: Value, candidateBias: Value): Value {
  const [, directions, batch, gates] = staticShape(gateInputs, 'gru') as [number, number, number, number];
  const hidden = gates / 3;
  const zeros = gateInputs.graph.constant(new Float32Array(directions * batch * hidden), [directions, batch, hidden]);
  const twoAndOne = [2 * hidden, hidden];
  const step = ([h]: readonly Value[], [input]: readonly Value[]) => {
    const [gateProduct, candidateProduct] = split(matMul(h!, weight), twoAndOne, 2) as readonly [Value, Value];
    const [gateInput, candidateInput] = split(input!, twoAndOne, 2) as readonly [Value, Value];
    const open = sigmoid(add(gateProduct, gateInput));
    const [z, r] = split(open, [hidden, hidden], 2) as readonly [Value, Value];
    const memory = add(candidateProduct, candidateBias);
    const candidate = tanh(add(candidateInput, mul(r, memory)));
    const state = add(candidate, mul(z, sub(h!, candidate)));
    return { states: [state], outputs: [state, open, candidate, memory] };
  };
  const { outputs } = scan({ states: [zeros], inputs: [gateInputs], step });
  const [states, open, candidate, memory] = outputs as readonly [Value, Value, Value, Value];

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const [z, r] = split(open, [hidden, hidden], 3) as readonly [Value, Value];
    const previous = shifted(states);
    const candidateSlope = mul(sub(1, z), sub(1, mul(candidate, candidate)));
    const slopes = [
      mul(mul(sub(previous, candidate), z), sub(1, z)),
      mul(mul(mul(candidateSlope, memory), r), sub(1, r)),
      mul(candidateSlope, r),
    ];
    const [dState, dProduct] = backwardScan(grad!, concat(slopes, 3), z, transpose(weight, [0, 2, 1]), zeros);
    const dGates = slice(dProduct, { axis: 3, end: 2 * hidden });
    const dMemory = slice(dProduct, { axis: 3, start: 2 * hidden });
    const dBias = reshape(reduceSum(dMemory, [0, 2]), [directions, 1, hidden]);
    const dInputs = concat([dGates, mul(dState, candidateSlope)], 3);
    return [dInputs, recurrentWeightGradient(previous, dProduct), dBias];
  };
  return customGradient({ outputs: [states], inputs: [gateInputs, weight, candidateBias], gradient })[0]!;
}

/** Gradients of each frame's state, [frames, directions, batch, hidden], and of its recurrent product, 3·hidden wide. */
function backwardScan(grad: Value, slopes: Value, update: Value, transposedWeight: Value, zeros: Value) {
  const step = ([fromState]: readonly Value[], [g, slope, z]: readonly Value[]) => {
    const dState = add(g!, fromState!);
    const dProduct = mul(concat([dState, dState, dState], 2), slope!);
    return { states: [add(matMul(dProduct, transposedWeight), mul(dState, z!))], outputs: [dState, dProduct] };
  };
  const { outputs } = scan({ states: [zeros], inputs: [grad, slopes, update], step, reverse: true });
  return outputs as readonly [Value, Value];
}
