import { defineMultiOp, type Op } from '../defineOp.ts';
import { sameShape } from '../dims.ts';
import { innermostGraph } from '../graph.ts';
import type { Value, ValueType } from '../value.ts';
import { cast } from './compare.ts';
import { add, mul } from './elementwise.ts';
import { gather } from './indexing.ts';

export interface LoopStep {
  readonly states: readonly Value[];
  readonly outputs: readonly Value[];
}

export interface LoopSpec {
  /** How often the step runs. */
  readonly count: number;
  /** Before the first step; at least one. */
  readonly states: readonly Value[];
  /** Builds one step; it may use values of the enclosing graph. `iteration` counts from 0, int64 []. */
  step(states: readonly Value[], iteration: Value): LoopStep;
}

/** A step run a number of times: the states after the last, and each step's outputs stacked on a new first axis. */
export function loop(spec: LoopSpec): LoopStep {
  const results = loopOp(spec);
  const count = spec.states.length;
  return { states: results.slice(0, count), outputs: results.slice(count) };
}

function attributesOf({ count, states, step }: LoopSpec) {
  const body = innermostGraph(states).createBody();
  const iteration = body.input('iteration', [], 'int64');
  const goesOn = body.input('goesOn', [], 'bool');
  const stateInputs = states.map((state, i) => body.input(`state${i}`, state.shape, state.dtype));
  const after = step(stateInputs, iteration);
  for (const [i, state] of states.entries()) {
    const next = after.states[i];
    if (!next || !sameShape(next.shape, state.shape) || next.dtype !== state.dtype)
      throw new Error(`state ${i} is [${state.shape.join(', ')}] and becomes [${next?.shape.join(', ')}]`);
  }
  const outputs = [goesOn, ...after.states, ...after.outputs];
  const rebuild = (): never => {
    throw new Error('a loop is not built again');
  };
  return { count, attributes: { body: { body, outputs, rebuild } } };
}

/** `loop` with its results in one list, states first. It runs on CUDA, where `scan` and this keep states on the device. */
export const loopOp: Op<[spec: LoopSpec], readonly Value[]> = defineMultiOp({
  name: 'loop',
  onnx: 'Loop',
  node(spec: LoopSpec) {
    const { count, attributes } = attributesOf(spec);
    const limit = innermostGraph(spec.states).constant(count, [], 'int64');
    return { inputs: [limit, undefined, ...spec.states], attributes };
  },
  outputs({ inputs: [limit, , ...states], attributes: { body } }): readonly ValueType[] {
    if (limit?.source.kind !== 'constant') throw new Error('the count is not a constant');
    const count = Number(limit.source.data[0]);
    return body.outputs
      .slice(1)
      .map(({ shape, dtype }, i) => (i < states.length ? { shape, dtype } : { shape: [count, ...shape], dtype }));
  },
  gradient: 'none',
  samples: [
    {
      title: 'doubles',
      inputs: [{ shape: [2], values: [1, 3] }],
      args: (x) => [{ count: 3, states: [x], step: ([s]) => ({ states: [add(s!, s!)], outputs: [s!] }) }],
      expected: [
        [8, 24],
        [1, 3, 2, 6, 4, 12],
      ],
    },
    {
      title: 'takes a row of an outer value in each step, counts beside',
      inputs: [
        { shape: [2], values: [0, 1] },
        { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
      ],
      args: (x, rows) => [
        {
          count: 3,
          states: [x, x.graph.constant(10, [], 'int64')],
          step: ([s, made], iteration) => ({
            states: [add(s!, gather(rows, iteration, 0)), add(made!, 1)],
            outputs: [mul(cast(made!, 'float32'), 0.5)],
          }),
        },
      ],
      expected: [[9, 13], [13], [5, 5.5, 6]],
    },
  ],
});
