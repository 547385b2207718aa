import { gradients } from '../../graph/autodiff.ts';
import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  concat,
  expand,
  gemm,
  matMul,
  mul,
  reduceSum,
  reshape,
  scan,
  slice,
  split,
  sub,
  transpose,
  unsqueeze,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { type AttentionMemory, type AttentionWeights, attend, attentionTanh, locate } from './locationAttention.ts';
import { lstmCell, lstmCellGradient, lstmSlopes } from './lstmCell.ts';
import { shifted } from './recurrence.ts';

export interface RecurrenceInputs {
  weights: AttentionWeights;
  memory: Required<AttentionMemory>;
  /** What the embeddings and the biases add to the gates of each step, [steps, batch, 4·hidden]. */
  gateInputs: Value;
  /** [hidden + width, 4·hidden]: from the state, then from the context. */
  recurrent: Value;
  /** Before the first step, [batch, 1, frames]. */
  alignment: Value;
}

/**
 * The decoder's loop over tokens: attends with the state before, then one LSTM step on embedding and context. Gives
 * [state; context] of each step, [steps, batch, hidden + width].
 *
 * The backward scan carries only what depends on the next step. The tanh of all frames, by far the largest tensor, is
 * computed again there: kept for all steps it would outweigh the rest of the model.
 */
export function attentionRecurrence(inputs: RecurrenceInputs): Value {
  const { weights, memory, gateInputs, recurrent, alignment } = inputs;
  const [, batch, gates] = staticShape(gateInputs, 'the decoder') as [number, number, number];
  const hidden = gates / 4;
  const zeros = expand(gateInputs.graph.constant(0), [batch, hidden]);
  const step = ([s, c, a]: readonly Value[], [input]: readonly Value[]) => {
    const attended = attend(weights, memory, s!, a!);
    const preactivation = add(matMul(concat([s!, attended.context], 1), recurrent), input!);
    const { state, cell, squashed, open, candidate } = lstmCell(preactivation, c!);
    return {
      states: [state, cell, attended.alignment],
      outputs: [state, attended.context, cell, squashed, open, candidate, attended.alignment],
    };
  };
  const { outputs } = scan({ states: [zeros, zeros, alignment], inputs: [gateInputs], step });
  const [states, contexts, cells, squashed, open, candidate, alignments] = outputs as unknown as Seven;
  const result = concat([states, contexts], 2);
  const kept = { states, contexts, cells, squashed, open, candidate, alignments };
  const { query, filter, location, energy } = weights;
  return customGradient({
    outputs: [result],
    inputs: [memory.keys, memory.encoded, gateInputs, recurrent, query, filter, location, energy],
    gradient: ([grad]) => recurrenceGradient(inputs, kept, grad!),
  })[0]!;
}
type Seven = readonly [Value, Value, Value, Value, Value, Value, Value];

interface Kept {
  states: Value; // [steps, batch, hidden]
  contexts: Value; // [steps, batch, width]
  cells: Value;
  squashed: Value;
  open: Value;
  candidate: Value;
  alignments: Value; // [steps, batch, 1, frames]
}

/** In the order of the inputs of `customGradient` above. */
function recurrenceGradient(inputs: RecurrenceInputs, kept: Kept, grad: Value): Value[] {
  const { weights, memory } = inputs;
  const [steps, batch] = staticShape(kept.states, 'the decoder') as [number, number];
  const [attention, channels] = staticShape(weights.location, 'the decoder') as [number, number];
  const [, frames, width] = staticShape(memory.encoded, 'the decoder') as [number, number, number];
  const previousStates = shifted(kept.states);
  const earlier = slice(kept.alignments, { axis: 0, end: steps - 1 });
  const previousAlignments = concat([unsqueeze(inputs.alignment, [0]), earlier], 0);
  const flatAlignments = reshape(previousAlignments, [steps * batch, 1, frames]);
  const located = locate(weights.filter, flatAlignments);
  const found = backwardScan(inputs, kept, {
    grad,
    previousStates,
    located: reshape(located, [steps, batch, channels, frames]),
  });

  const rows = (x: Value) => reshape(x, [steps * batch, -1]);
  const before = concat([rows(previousStates), rows(kept.contexts)], 1); // what `recurrent` was multiplied with
  const alignments = reshape(transpose(kept.alignments, [1, 3, 0, 2]), [batch, frames, steps]);
  const dContexts = reshape(transpose(found.dContexts, [1, 0, 2]), [batch, steps, width]);
  const dLocated = reshape(found.dLocated, [steps * batch, channels, frames]);
  const energies = reshape(weights.energy, [attention, 1]);
  return [
    mul(found.keys, energies),
    matMul(alignments, dContexts),
    found.dGates,
    gemm(before, rows(found.dGates), undefined, { transA: true }),
    gemm(rows(previousStates), rows(found.dQueries), undefined, { transA: true }),
    // The alignments depend on the filter too, but that path is the scan's.
    gradients(located, [weights.filter, flatAlignments], [dLocated], { independent: true })[0]!,
    mul(reduceSum(found.location, [0]), energies),
    reduceSum(found.energy, [0], { keepDims: true }),
  ];
}

interface BackwardInputs {
  grad: Value; // [steps, batch, hidden + width]
  previousStates: Value; // [steps, batch, hidden]
  located: Value; // [steps, batch, channels, frames]
}

/**
 * From the last token to the first. Sums over the steps are kept without the factor w of the energies, which is applied
 * once at the end.
 */
function backwardScan({ weights, memory, recurrent }: RecurrenceInputs, kept: Kept, inputs: BackwardInputs) {
  const [, batch, hidden] = staticShape(kept.states, 'the decoder') as [number, number, number];
  const [attention, channels] = staticShape(weights.location, 'the decoder') as [number, number];
  const [, frames, width] = staticShape(memory.encoded, 'the decoder') as [number, number, number];
  const slopes = lstmSlopes(kept, shifted(kept.cells));
  const transposed = {
    recurrent: transpose(recurrent, [1, 0]),
    encoded: transpose(memory.encoded, [0, 2, 1]),
    query: transpose(weights.query, [1, 0]),
    location: transpose(mul(weights.location, reshape(weights.energy, [attention, 1])), [1, 0]),
    filter: transpose(slice(weights.filter, { axis: 2, step: -1 }), [1, 0, 2]), // turned, [1, channels, kernel]
  };
  const step = (carry: readonly Value[], each: readonly Value[]) => {
    const [fromState, fromCell, fromAlignment, keys, location, energy] = carry as Six;
    const [grad, cellSlope, gateSlope, forget, previousState, alignment, located] = each as Seven;
    const [dOwn, dOwnContext] = split(grad, [hidden, width], 1) as readonly [Value, Value];
    const dLstm = lstmCellGradient(add(dOwn, fromState), fromCell, { cell: cellSlope, gates: gateSlope, forget });
    const [dPrevious, dFed] = split(matMul(dLstm.gates, transposed.recurrent), [hidden, width], 1) as [Value, Value];
    const dContext = add(dOwnContext, dFed);
    const dAlignment = add(matMul(unsqueeze(dContext, [1]), transposed.encoded), fromAlignment);
    const weighted = mul(dAlignment, alignment);
    const dEnergy = sub(weighted, mul(alignment, reduceSum(weighted, [2], { keepDims: true }))); // [batch, 1, frames]
    const squashed = attentionTanh(weights, memory.keys, previousState, located);
    const product = mul(squashed, dEnergy);
    const dInner = sub(dEnergy, mul(squashed, product)); // [batch, attention, frames], still without w
    const dQuery = mul(reduceSum(dInner, [2]), weights.energy);
    const dLocated = matMul(transposed.location, dInner);
    return {
      states: [
        add(dPrevious, matMul(dQuery, transposed.query)),
        dLstm.cell,
        locate(transposed.filter, dLocated),
        add(keys, dInner),
        add(location, matMul(dInner, transpose(located, [0, 2, 1]))),
        add(energy, reduceSum(product, [2])),
      ],
      outputs: [dLstm.gates, dContext, dQuery, dLocated],
    };
  };
  const zeros = (...shape: number[]) => expand(kept.states.graph.constant(0), shape);
  const { states, outputs } = scan({
    states: [
      zeros(batch, hidden),
      zeros(batch, hidden),
      zeros(batch, 1, frames),
      zeros(batch, attention, frames),
      zeros(batch, attention, channels),
      zeros(batch, attention),
    ],
    inputs: [
      inputs.grad,
      slopes.cell,
      slopes.gates,
      slopes.forget,
      inputs.previousStates,
      kept.alignments,
      inputs.located,
    ],
    step,
    reverse: true,
  });
  const [, , , keys, location, energy] = states as unknown as Six;
  const [dGates, dContexts, dQueries, dLocated] = outputs as unknown as Four;
  return { keys, location, energy, dGates, dContexts, dQueries, dLocated };
}
type Four = readonly [Value, Value, Value, Value];
type Six = readonly [Value, Value, Value, Value, Value, Value];
