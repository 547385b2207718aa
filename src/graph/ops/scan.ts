import { gradients } from '../autodiff.ts';
import { valuesFromOutside } from '../captures.ts';
import { defineMultiOp, type GradientNode, type Op } from '../defineOp.ts';
import { sameShape } from '../dims.ts';
import { innermostGraph } from '../graph.ts';
import { scalarLike } from '../operand.ts';
import { type Dim, isFloat, staticShape, type Value, type ValueType } from '../value.ts';
import { relu } from './activation.ts';
import { cast } from './compare.ts';
import { add, mul } from './elementwise.ts';
import { matMul } from './matmul.ts';
import { expand } from './shape.ts';

export interface ScanStep {
  readonly states: readonly Value[];
  readonly outputs: readonly Value[];
}

export interface ScanSpec {
  /** Before the first step. */
  readonly states: readonly Value[];
  /** Run through along their first axis; at least one. */
  readonly inputs: readonly Value[];
  /** Builds one step; it may use values of the enclosing graph. Called again where a gradient is built. */
  step(states: readonly Value[], inputs: readonly Value[]): ScanStep;
  /** Runs from the last to the first; outputs stand where their inputs stood. */
  readonly reverse?: boolean;
}

/** A loop over the first axis: the states after the last step, and each step's outputs stacked on a new first axis. */
export function scan(spec: ScanSpec): ScanStep {
  const results = scanOp(spec);
  const count = spec.states.length;
  return { states: results.slice(0, count), outputs: results.slice(count) };
}

type Attributes = ReturnType<typeof attributesOf>;

function attributesOf(spec: ScanSpec) {
  const { states, inputs } = spec;
  const body = innermostGraph([...states, ...inputs]).createBody();
  const stateInputs = states.map((state, i) => body.input(`state${i}`, state.shape, state.dtype));
  const stepInputs = inputs.map((input, i) => body.input(`input${i}`, input.shape.slice(1), input.dtype));
  const step = spec.step(stateInputs, stepInputs);
  for (const [i, state] of states.entries()) {
    const next = step.states[i];
    if (!next || !sameShape(next.shape, state.shape) || next.dtype !== state.dtype) {
      throw new Error(`state ${i} is [${state.shape.join(', ')}] and becomes [${next?.shape.join(', ')}]`);
    }
  }
  if (step.states.length !== states.length) throw new Error('a step must return one state for each it gets');
  const direction = spec.reverse ? 1 : 0;
  return {
    body: {
      body,
      outputs: [...step.states, ...step.outputs],
      rebuild(bodyInputs: readonly Value[]) {
        const again = spec.step(bodyInputs.slice(0, states.length), bodyInputs.slice(states.length));
        return [...again.states, ...again.outputs];
      },
    },
    num_scan_inputs: inputs.length,
    scan_input_directions: inputs.map(() => direction),
    scan_output_directions: step.outputs.map(() => direction),
  };
}

/** `scan` with its results in one list, states first. */
export const scanOp: Op<[spec: ScanSpec], readonly Value[]> = defineMultiOp({
  name: 'scan',
  onnx: 'Scan',
  node: (spec: ScanSpec) => ({ inputs: [...spec.states, ...spec.inputs], attributes: attributesOf(spec) }),
  outputs({ inputs, attributes }): readonly ValueType[] {
    const stateCount = inputs.length - attributes.num_scan_inputs;
    const lengths = new Set<Dim>(inputs.slice(stateCount).map((input) => input.shape[0]!));
    if (lengths.size !== 1) throw new Error(`inputs have ${[...lengths].join(', ') || 'no'} steps`);
    const [length] = [...lengths] as [Dim];
    return attributes.body.outputs.map(({ shape, dtype }, i) =>
      i < stateCount ? { shape, dtype } : { shape: [length, ...shape], dtype },
    );
  },
  gradient: scanGradient,
  samples: [
    {
      title: 'running sum',
      inputs: [
        { shape: [1], values: [10] },
        { shape: [3, 1], values: [1, 2, 3] },
      ],
      args: (state, input) => [
        { states: [state], inputs: [input], step: ([s], [x]) => ({ states: [add(s!, x!)], outputs: [s!] }) },
      ],
      expected: [[16], [10, 11, 13]],
    },
    {
      title: 'backwards, no states',
      inputs: [{ shape: [3, 2] }, { shape: [3, 2] }],
      args: (a, b) => [
        { states: [], inputs: [a, b], step: (_, [x, y]) => ({ states: [], outputs: [mul(x!, y!)] }), reverse: true },
      ],
      expected: (a, b) => [a!.map((x, i) => x * b![i]!)],
    },
    {
      title: 'recurrent network with captured weights, used directly and turned',
      inputs: [{ shape: [2, 3] }, { shape: [4, 2, 3] }, { shape: [3, 3] }, { shape: [3] }],
      args: (state, inputs, weight, bias) => [recurrentNetwork(state, inputs, weight, bias)],
    },
    {
      title: 'the same backwards',
      inputs: [{ shape: [2, 3] }, { shape: [4, 2, 3] }, { shape: [3, 3] }, { shape: [3] }],
      args: (state, inputs, weight, bias) => [{ ...recurrentNetwork(state, inputs, weight, bias), reverse: true }],
    },
    {
      title: 'constant initial state, whole-number state beside',
      inputs: [{ shape: [4, 2] }],
      args: (inputs) => [
        {
          states: [inputs.graph.constant([0, 1]), inputs.graph.constant(0, [], 'int64')],
          inputs: [inputs],
          step: ([s, count], [x]) => ({
            states: [add(mul(s!, 0.5), mul(x!, cast(count!, 'float32'))), add(count!, 1)],
            outputs: [mul(s!, s!)],
          }),
        },
      ],
    },
    {
      title: 'named number of steps',
      inputs: [{ shape: [2] }, { shape: ['time', 2], sizes: { time: 3 } }],
      args: (state, inputs) => [
        { states: [state], inputs: [inputs], step: ([s], [x]) => ({ states: [mul(s!, x!)], outputs: [add(s!, x!)] }) },
      ],
    },
  ],
});

function recurrentNetwork(state: Value, inputs: Value, weight: Value, bias: Value): ScanSpec {
  const squares = mul(weight, weight);
  return {
    states: [state],
    inputs: [inputs],
    step([s], [x]) {
      const mixed = add(matMul(s!, weight), mul(matMul(x!, squares), mul(bias, 0.5)));
      return { states: [add(mul(mixed, 0.3), relu(bias))], outputs: [add(mixed, x!), s!] };
    },
  };
}

/**
 * Runs the scan again to have the states before each step, then scans the other way: each step is built once more and
 * differentiated; gradients of captured values add up in states of their own.
 */
function scanGradient({
  inputs,
  attributes,
  outputs,
  grads,
  captures,
}: GradientNode<readonly Value[], Attributes>): readonly (Value | undefined)[] {
  const stateCount = inputs.length - attributes.num_scan_inputs;
  const states = inputs.slice(0, stateCount);
  const steps = inputs.slice(stateCount);
  const reverse = attributes.scan_input_directions[0] === 1;
  const { rebuild } = attributes.body;
  const before = scan({
    states,
    inputs: steps,
    reverse,
    step: (s, x) => ({ states: rebuild([...s, ...x]).slice(0, stateCount), outputs: s }),
  }).outputs;
  const carriedStates = states.filter(isReal).length;
  const seeded = grads.flatMap((grad, i) => (grad && i >= stateCount ? [{ i, grad }] : []));
  const initial = [
    ...states.flatMap((state, i) => (isReal(state) ? [grads[i] ?? zeros(outputs[i]!)] : [])),
    ...captures.filter(isVariable).map(zeros),
  ];
  const backward = scan({
    states: initial,
    inputs: [...before, ...steps, ...seeded.map(({ grad }) => grad)],
    reverse: !reverse,
    step(carry, x) {
      const bodyInputs = x.slice(0, inputs.length);
      const results = rebuild(bodyInputs);
      const captured = valuesFromOutside(x[0]!.graph, results);
      if (captured.length !== captures.length) throw new Error('a step must be built the same each time');
      const wrt = [...bodyInputs.filter(isReal), ...captured.filter(isVariable)];
      const roots = [...results.slice(0, stateCount).filter(isReal), ...seeded.map(({ i }) => results[i]!)];
      const seeds = [...carry.slice(0, carriedStates), ...x.slice(inputs.length)];
      const derived = gradients(roots, wrt, seeds, { independent: true });
      const ofCaptures = derived.slice(bodyInputs.filter(isReal).length);
      const sums = ofCaptures.map((gradient, i) => add(carry[carriedStates + i]!, gradient));
      const ofInputs = derived.slice(carriedStates, derived.length - ofCaptures.length);
      return { states: [...derived.slice(0, carriedStates), ...sums], outputs: ofInputs };
    },
  });
  const ofStates = backward.states.values();
  const ofSteps = backward.outputs.values();
  return [
    ...states.map((value) => (isReal(value) ? ofStates.next().value : undefined)),
    ...steps.map((value) => (isReal(value) ? ofSteps.next().value : undefined)),
    ...captures.map((value) => (isVariable(value) ? ofStates.next().value : undefined)),
  ];
}

const isReal = ({ dtype }: Value) => isFloat(dtype);
/** A captured constant needs no gradient; an initial state gets one even so, because the next states are none. */
const isVariable = (value: Value) => isReal(value) && value.source.kind !== 'constant';
const zeros = (like: Value) => expand(scalarLike(like, 0), staticShape(like, 'the gradient of scan'));
