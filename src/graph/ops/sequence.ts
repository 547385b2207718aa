import { defineOp, type Op, type Sample } from '../defineOp.ts';
import { sameType, typed } from '../operand.ts';
import { staticShape, type Value } from '../value.ts';

/** Turns the first `lengths[b]` steps of each sequence b around and leaves the rest. lengths int64 [batch]. */
export const reverseSequence: Op<
  [x: Value, lengths: Value, axes: { readonly timeAxis: 0 | 1; readonly batchAxis: 0 | 1 }]
> = defineOp({
  name: 'reverseSequence',
  onnx: 'ReverseSequence',
  node: (x: Value, lengths: Value, axes: { readonly timeAxis: 0 | 1; readonly batchAxis: 0 | 1 }) => ({
    inputs: [x, lengths],
    attributes: { time_axis: axes.timeAxis, batch_axis: axes.batchAxis },
  }),
  outputs({ inputs: [x], attributes }) {
    if (attributes.time_axis === attributes.batch_axis) throw new Error('time and batch must be two axes');
    return sameType(x);
  },
  gradient: ({ inputs: [, lengths], attributes, grad }) => [
    reverseSequence(grad, lengths, { timeAxis: attributes.time_axis, batchAxis: attributes.batch_axis }),
  ],
  samples: [
    {
      title: 'time first',
      inputs: [
        { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
        { shape: [2], dtype: 'int64', values: [3, 2] },
      ],
      args: (x, lengths) => [x, lengths, { timeAxis: 0, batchAxis: 1 }],
      expected: [[5, 4, 3, 2, 1, 6]],
    },
    {
      title: 'batch first, lengths 0 and 1',
      inputs: [
        { shape: [2, 'time', 2], sizes: { time: 3 } },
        { shape: [2], dtype: 'int64', values: [1, 0] },
      ],
      args: (x, lengths) => [x, lengths, { timeAxis: 1, batchAxis: 0 }],
      expected: (x) => [x!],
    },
  ],
});

export interface RecurrentInputs {
  /** [frames, batch, inputs] */
  readonly x: Value;
  /** [directions, gates·hidden, inputs]; gates of an LSTM: input, output, forget, cell, of a GRU: update, reset, hidden. */
  readonly weight: Value;
  /** [directions, gates·hidden, hidden] */
  readonly recurrent: Value;
  /** [directions, 2·gates·hidden]: of the input, then of the recurrent product. */
  readonly bias?: Value;
  /** Valid frames, int32 [batch]; outputs behind them are 0, the second direction starts at them. */
  readonly lengths?: Value;
}

/** The runtime's LSTM, for inference: all states [frames, directions, batch, hidden], from zero initial states. */
export const lstm: Op<[inputs: RecurrentInputs]> = defineOp({
  name: 'lstm',
  onnx: 'LSTM',
  node: (inputs: RecurrentInputs) => ({ inputs: listed(inputs), attributes: directionOf(inputs) }),
  outputs: ({ inputs }) => recurrentOutputs(inputs, 4),
  // Training uses a scan with a backward of its own.
  gradient: 'none',
  samples: recurrentSamples(4, lstmCell),
});

/**
 * The runtime's GRU with PyTorch's equations (the reset gate acts on the recurrent product with its bias), for
 * inference: all states [frames, directions, batch, hidden], from zero initial states.
 */
export const gru: Op<[inputs: RecurrentInputs]> = defineOp({
  name: 'gru',
  onnx: 'GRU',
  node: (inputs: RecurrentInputs) => ({
    inputs: listed(inputs),
    attributes: { ...directionOf(inputs), linear_before_reset: 1 },
  }),
  outputs: ({ inputs }) => recurrentOutputs(inputs, 3),
  gradient: 'none',
  samples: recurrentSamples(3, gruCell),
});

type Listed = readonly [x: Value, weight: Value, recurrent: Value, bias: Value | undefined, lengths: Value | undefined];

function listed({ x, weight, recurrent, bias, lengths }: RecurrentInputs): Listed {
  return [x, weight, recurrent, bias, lengths];
}

function directionOf({ recurrent }: RecurrentInputs) {
  const [directions, , hidden] = staticShape(recurrent, 'a recurrent layer') as [number, number, number];
  return { direction: directions === 2 ? 'bidirectional' : 'forward', hidden_size: hidden };
}

function recurrentOutputs([x, weight, recurrent, bias, lengths]: Listed, gates: number) {
  const [directions, , hidden] = staticShape(recurrent, 'a recurrent layer') as [number, number, number];
  const [frames, batch, inputs] = x.shape;
  const expectShape = (value: Value | undefined, shape: readonly unknown[], what: string) => {
    if (value && value.shape.join() !== shape.join()) throw new Error(`${what} must be [${shape.join(', ')}]`);
  };
  expectShape(recurrent, [directions, gates * hidden, hidden], 'recurrent');
  expectShape(weight, [directions, gates * hidden, inputs], 'weight');
  expectShape(bias, [directions, 2 * gates * hidden], 'bias');
  expectShape(lengths, [batch], 'lengths');
  return typed(x.dtype, [frames!, directions, batch!, hidden]);
}

type RecurrentSample = Sample<[inputs: RecurrentInputs]>;

/** Hoisted, because the ops above are built with them. */
function recurrentSamples(gates: number, cell: Cell): [RecurrentSample, RecurrentSample] {
  return [
    {
      title: 'two directions, lengths',
      inputs: [
        { shape: ['time', 'batch', 3], sizes: { time: 4, batch: 2 } },
        { shape: [2, 2 * gates, 3] },
        { shape: [2, 2 * gates, 2] },
        { shape: [2, 4 * gates] },
        { shape: ['batch'], dtype: 'int32', sizes: { batch: 2 }, values: [4, 2] },
      ],
      args: (x, weight, recurrent, bias, lengths) => [
        { x: x!, weight: weight!, recurrent: recurrent!, bias: bias!, lengths: lengths! },
      ],
      expected: (x, w, r, b, lengths) => [
        recurrentReference([x!, w!, r!, b!], cell, { lengths: lengths!, frames: 4, inputs: 3, hidden: 2, gates }),
      ],
    },
    {
      title: 'one direction, no bias',
      inputs: [{ shape: [3, 1, 2] }, { shape: [1, gates, 2] }, { shape: [1, gates, 1] }],
      args: (x, weight, recurrent) => [{ x: x!, weight: weight!, recurrent: recurrent! }],
      expected: (x, w, r) => [
        recurrentReference([x!, w!, r!, new Array<number>(2 * gates).fill(0)], cell, {
          lengths: [3],
          frames: 3,
          inputs: 2,
          hidden: 1,
          gates,
        }),
      ],
    },
  ];
}

/** One unit's next state and memory; `input` and `recurrent` give what a gate gets from either side. */
type Cell = (
  input: (gate: number) => number,
  recurrent: (gate: number) => number,
  before: { state: number; memory: number },
) => { state: number; memory: number };

function lstmCell(...[input, recurrent, { memory }]: Parameters<Cell>): ReturnType<Cell> {
  const sum = (gate: number) => input(gate) + recurrent(gate);
  const next = logistic(sum(2)) * memory + logistic(sum(0)) * Math.tanh(sum(3));
  return { memory: next, state: logistic(sum(1)) * Math.tanh(next) };
}

function gruCell(...[input, recurrent, { state }]: Parameters<Cell>): ReturnType<Cell> {
  const update = logistic(input(0) + recurrent(0));
  const reset = logistic(input(1) + recurrent(1));
  const candidate = Math.tanh(input(2) + reset * recurrent(2));
  return { memory: 0, state: (1 - update) * candidate + update * state };
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

interface RecurrentSizes {
  readonly lengths: readonly number[];
  readonly frames: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly gates: number;
}

/** The recurrence of ONNX in float64, for the samples; of [x, weight, recurrent, bias]. */
function recurrentReference(tensors: readonly number[][], cell: Cell, sizes: RecurrentSizes): number[] {
  const [x, w, r, b] = tensors as [number[], number[], number[], number[]];
  const { lengths, frames, inputs, hidden } = sizes;
  const batch = lengths.length;
  const rows = sizes.gates * hidden;
  const directions = b.length / (2 * rows);
  const result = new Array<number>(frames * directions * batch * hidden).fill(0);
  for (let d = 0; d < directions; d++) {
    for (let n = 0; n < batch; n++) {
      let units = Array.from({ length: hidden }, () => ({ state: 0, memory: 0 }));
      for (let step = 0; step < lengths[n]!; step++) {
        const t = d === 0 ? step : lengths[n]! - 1 - step;
        const before = units;
        units = before.map((unit, index) => {
          const input = (gate: number) => {
            const row = gate * hidden + index;
            let total = b[2 * d * rows + row]!;
            for (let k = 0; k < inputs; k++)
              total += w[(d * rows + row) * inputs + k]! * x[(t * batch + n) * inputs + k]!;
            return total;
          };
          const recurrent = (gate: number) => {
            const row = gate * hidden + index;
            let total = b[(2 * d + 1) * rows + row]!;
            for (let k = 0; k < hidden; k++) total += r[(d * rows + row) * hidden + k]! * before[k]!.state;
            return total;
          };
          return cell(input, recurrent, unit);
        });
        for (const [unit, { state }] of units.entries()) {
          result[((t * directions + d) * batch + n) * hidden + unit] = state;
        }
      }
    }
  }
  return result;
}
