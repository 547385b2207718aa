import { defineOp, type Op } from '../defineOp.ts';
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

export interface LstmInputs {
  /** [frames, batch, inputs] */
  readonly x: Value;
  /** [directions, 4·hidden, inputs]; gates in the order input, output, forget, cell. */
  readonly weight: Value;
  /** [directions, 4·hidden, hidden] */
  readonly recurrent: Value;
  /** [directions, 8·hidden]: of the input, then of the recurrent product. */
  readonly bias?: Value;
  /** Valid frames, int32 [batch]; outputs behind them are 0, the second direction starts at them. */
  readonly lengths?: Value;
}

/** The runtime's LSTM, for inference: all states [frames, directions, batch, hidden], from zero initial states. */
export const lstm: Op<[inputs: LstmInputs]> = defineOp({
  name: 'lstm',
  onnx: 'LSTM',
  node({ x, weight, recurrent, bias, lengths }: LstmInputs) {
    const [directions, , hidden] = staticShape(recurrent, 'lstm') as [number, number, number];
    return {
      inputs: [x, weight, recurrent, bias, lengths],
      attributes: { direction: directions === 2 ? 'bidirectional' : 'forward', hidden_size: hidden },
    };
  },
  outputs({ inputs: [x, weight, recurrent, bias, lengths] }) {
    const [directions, gates, hidden] = staticShape(recurrent, 'lstm') as [number, number, number];
    const [frames, batch, inputs] = x.shape;
    const expectShape = (value: Value | undefined, shape: readonly unknown[], what: string) => {
      if (value && value.shape.join() !== shape.join()) throw new Error(`${what} must be [${shape.join(', ')}]`);
    };
    expectShape(recurrent, [directions, 4 * hidden, hidden], 'recurrent');
    expectShape(weight, [directions, gates, inputs], 'weight');
    expectShape(bias, [directions, 2 * gates], 'bias');
    expectShape(lengths, [batch], 'lengths');
    return typed(x.dtype, [frames!, directions, batch!, hidden]);
  },
  // Training uses a scan with a backward of its own.
  gradient: 'none',
  samples: [
    {
      title: 'two directions, lengths',
      inputs: [
        { shape: ['time', 'batch', 3], sizes: { time: 4, batch: 2 } },
        { shape: [2, 8, 3] },
        { shape: [2, 8, 2] },
        { shape: [2, 16] },
        { shape: ['batch'], dtype: 'int32', sizes: { batch: 2 }, values: [4, 2] },
      ],
      args: (x, weight, recurrent, bias, lengths) => [{ x, weight, recurrent, bias, lengths }],
      expected: (x, w, r, b, lengths) => [
        lstmReference(x!, w!, r!, b!, { lengths: lengths!, frames: 4, inputs: 3, hidden: 2, directions: 2 }),
      ],
    },
    {
      title: 'one direction, no bias',
      inputs: [{ shape: [3, 1, 2] }, { shape: [1, 4, 2] }, { shape: [1, 4, 1] }],
      args: (x, weight, recurrent) => [{ x, weight, recurrent }],
      expected: (x, w, r) => [
        lstmReference(x!, w!, r!, new Array<number>(8).fill(0), {
          lengths: [3],
          frames: 3,
          inputs: 2,
          hidden: 1,
          directions: 1,
        }),
      ],
    },
  ],
});

interface LstmSizes {
  readonly lengths: readonly number[];
  readonly frames: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly directions: number;
}

/** The equations of ONNX's LSTM in float64, for the samples. */
function lstmReference(x: number[], w: number[], r: number[], b: number[], sizes: LstmSizes): number[] {
  const { lengths, frames, inputs, hidden, directions } = sizes;
  const batch = lengths.length;
  const gates = 4 * hidden;
  const result = new Array<number>(frames * directions * batch * hidden).fill(0);
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  for (let d = 0; d < directions; d++) {
    for (let n = 0; n < batch; n++) {
      let h = new Array<number>(hidden).fill(0);
      const c = new Array<number>(hidden).fill(0);
      for (let step = 0; step < lengths[n]!; step++) {
        const t = d === 0 ? step : lengths[n]! - 1 - step;
        const before = h;
        const sum = (gate: number, unit: number) => {
          const row = d * gates + gate * hidden + unit;
          let total = b[2 * d * gates + gate * hidden + unit]! + b[(2 * d + 1) * gates + gate * hidden + unit]!;
          for (let k = 0; k < inputs; k++) total += w[row * inputs + k]! * x[(t * batch + n) * inputs + k]!;
          for (let k = 0; k < hidden; k++) total += r[row * hidden + k]! * before[k]!;
          return total;
        };
        h = before.map((_, unit) => {
          c[unit] = sigmoid(sum(2, unit)) * c[unit]! + sigmoid(sum(0, unit)) * Math.tanh(sum(3, unit));
          return sigmoid(sum(1, unit)) * Math.tanh(c[unit]!);
        });
        for (const [unit, value] of h.entries()) result[((t * directions + d) * batch + n) * hidden + unit] = value;
      }
    }
  }
  return result;
}
