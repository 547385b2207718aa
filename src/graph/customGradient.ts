import type { OpDefinition } from './defineOp.ts';
import { innermostGraph } from './graph.ts';
import type { Value } from './value.ts';

/**
 * The same outputs with a backward written by hand: the reverse walk calls `gradient` with the gradient of each output
 * (undefined where none arrived) and takes what it returns as the gradient of each of `inputs`, without looking inside.
 * For composites whose backward is faster or more exact than the one derived node by node (LSTM, CTC).
 */
export function customGradient(composite: {
  readonly outputs: readonly Value[];
  readonly inputs: readonly Value[];
  gradient(grads: readonly (Value | undefined)[]): readonly (Value | undefined)[];
}): readonly Value[] {
  const { outputs, inputs } = composite;
  const definition: OpDefinition = {
    name: 'customGradient',
    onnx: 'Identity',
    transparent: true,
    samples: [],
    outputs: () => outputs,
    gradient: ({ grads }) => [...outputs.map(() => undefined), ...composite.gradient(grads)],
  };
  const all = [...outputs, ...inputs];
  return innermostGraph(all).addNode(definition, all, {}, outputs);
}

/** The same value, through which no gradient flows. */
export const stopGradient = (value: Value): Value =>
  customGradient({ outputs: [value], inputs: [], gradient: () => [] })[0]!;
