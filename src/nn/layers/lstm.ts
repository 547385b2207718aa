import { customGradient } from '../../graph/customGradient.ts';
import { add, matMul, scan, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type LstmSlopes, lstmCell, lstmCellGradient, lstmSlopes } from './lstmCell.ts';
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
    const { state, cell, squashed, open, candidate } = lstmCell(add(matMul(h!, weight), input!), c!);
    return { states: [state, cell], outputs: [state, cell, squashed, open, candidate] };
  };
  const { outputs } = scan({ states: [zeros, zeros], inputs: [gateInputs], step });
  const [states, cells, squashed, open, candidate] = outputs as readonly [Value, Value, Value, Value, Value];

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const slopes = lstmSlopes({ squashed, open, candidate }, shifted(cells));
    const dGates = backwardScan(grad!, slopes, transpose(weight, [0, 2, 1]), zeros); // [frames, directions, batch, gates]
    return [dGates, recurrentWeightGradient(shifted(states), dGates)];
  };
  return customGradient({ outputs: [states], inputs: [gateInputs, weight], gradient })[0]!;
}

function backwardScan(grad: Value, slopes: LstmSlopes, transposedWeight: Value, zeros: Value): Value {
  const step = ([fromState, fromCell]: readonly Value[], [g, cell, gates, forget]: readonly Value[]) => {
    const dState = add(g!, fromState!);
    const found = lstmCellGradient(dState, fromCell!, { cell: cell!, gates: gates!, forget: forget! });
    return { states: [matMul(found.gates, transposedWeight), found.cell], outputs: [found.gates] };
  };
  const { outputs } = scan({
    states: [zeros, zeros],
    inputs: [grad, slopes.cell, slopes.gates, slopes.forget],
    step,
    reverse: true,
  });
  return outputs[0]!;
}
