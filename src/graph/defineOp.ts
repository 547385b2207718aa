import { innermostGraph } from './graph.ts';
import type { Attributes, DataType, Dim, Node, Value, ValueType } from './value.ts';

/**
 * One operator: how a call becomes an ONNX node, the types of its outputs, its gradient, and samples that the one
 * generic test (test/numeric/ops.test.ts) runs. The gradient and at least one sample are required by the type.
 * Gradient rules may return gradients of the broadcast shape: the reverse walk sums them back.
 */
export function defineOp<Args extends readonly unknown[], I extends Inputs, A extends Attributes>(
  spec: OpSpec<Args, I, A>,
): Op<Args, Value> {
  const definition = erase(spec);
  const call = (...args: Args): Value => addTo(definition, spec.node(...args))[0]!;
  return Object.assign(call, { definition });
}

/** Like `defineOp`, for operators with several outputs. */
export function defineMultiOp<Args extends readonly unknown[], I extends Inputs, A extends Attributes>(
  spec: OpSpec<Args, I, A>,
): Op<Args, readonly Value[]> {
  const definition = erase(spec);
  const call = (...args: Args): readonly Value[] => addTo(definition, spec.node(...args));
  return Object.assign(call, { definition });
}

export type Op<Args extends readonly unknown[], Result = Value> = ((...args: Args) => Result) & {
  readonly definition: OpDefinition;
};

type Inputs = readonly (Value | undefined)[];

export interface OpSpec<Args extends readonly unknown[], I extends Inputs, A extends Attributes> {
  /** camelCase of the ONNX name. */
  readonly name: string;
  /** ONNX operator type. */
  readonly onnx: string;
  /** Inputs and attributes of the ONNX node for a call. */
  node(...args: Args): { readonly inputs: readonly [...I]; readonly attributes: A };
  /** The shape rule: one type per output. */
  outputs(node: { readonly inputs: readonly [...I]; readonly attributes: A }): readonly ValueType[];
  /** How many outputs the ONNX node must have; others are left out when nothing uses them. Default: all. */
  readonly requiredOutputs?: number;
  /** Gradient per input (undefined where there is none), or the statement that the op has no gradient. */
  readonly gradient: 'none' | ((node: GradientNode<I, A>) => readonly (Value | undefined)[]);
  readonly samples: readonly [Sample<Args>, ...Sample<Args>[]];
}

export interface GradientNode<I extends Inputs, A extends Attributes> {
  readonly inputs: readonly [...I];
  readonly attributes: A;
  readonly output: Value;
  readonly outputs: readonly Value[];
  /** Gradient of the first output; zeros when only another output has one. */
  readonly grad: Value;
  readonly grads: readonly (Value | undefined)[];
  /** Their gradients follow those of the inputs. */
  readonly captures: readonly Value[];
}

/** The same without the types of one op's arguments, for tables and walks. */
export interface OpDefinition {
  readonly name: string;
  readonly onnx: string;
  readonly gradient: 'none' | GradientRule;
  readonly samples: readonly ErasedSample[];
  readonly requiredOutputs?: number;
  /** Output i is input i under another gradient; no ONNX node is written. */
  readonly transparent?: true;
  outputs(node: Pick<Node, 'inputs' | 'attributes'>): readonly ValueType[];
}
export type GradientRule = (
  node: Pick<Node, 'inputs' | 'attributes' | 'outputs' | 'captures'> & {
    readonly output: Value;
    readonly grad: Value;
    readonly grads: readonly (Value | undefined)[];
  },
) => readonly (Value | undefined)[];

export interface Sample<Args extends readonly unknown[]> {
  readonly title: string;
  readonly inputs: readonly SampleInput[];
  /** Arguments of the call for the sample's inputs. */
  args(...inputs: Value[]): Args;
  /** Expected content of each output, in float64. */
  readonly expected?: readonly (readonly number[] | undefined)[] | ((...inputs: number[][]) => readonly number[][]);
  /** Expected gradient of the outputs' sum for each input, where central differences mean nothing (ties, kinks). */
  readonly expectedGradients?: readonly (readonly number[] | undefined)[];
}

export interface SampleInput {
  readonly shape: readonly Dim[];
  readonly dtype?: DataType;
  /** Sizes for the named dims of the shape. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Content; without it, seeded numbers of magnitude 0.2 to 1.2, away from the kinks at 0. */
  readonly values?: readonly number[];
  /** Seeded numbers at least 0.15 apart, instead, for ops with kinks where elements are equal. */
  readonly spaced?: true;
  /** Bounds of the seeded numbers, instead. */
  readonly range?: readonly [number, number];
}

export interface ErasedSample extends Omit<Sample<readonly unknown[]>, 'args'> {
  build(inputs: readonly Value[]): readonly Value[];
}

function erase<Args extends readonly unknown[], I extends Inputs, A extends Attributes>(
  spec: OpSpec<Args, I, A>,
): OpDefinition {
  const definition: OpDefinition = {
    name: spec.name,
    onnx: spec.onnx,
    ...(spec.requiredOutputs === undefined ? {} : { requiredOutputs: spec.requiredOutputs }),
    // The tables hold ops of all argument types; each node's inputs and attributes come from its own `node`.
    outputs: spec.outputs as unknown as OpDefinition['outputs'],
    gradient: spec.gradient as unknown as OpDefinition['gradient'],
    samples: spec.samples.map(({ args, ...rest }) => ({
      ...rest,
      build: (inputs) => addTo(definition, spec.node(...args(...inputs))),
    })),
  };
  return definition;
}

function addTo(definition: OpDefinition, node: Pick<Node, 'inputs' | 'attributes'>): readonly Value[] {
  const graph = innermostGraph(node.inputs);
  try {
    return graph.addNode(definition, node.inputs, node.attributes, definition.outputs(node));
  } catch (error) {
    const place = graph.currentScope ? ` in ${graph.currentScope}` : '';
    const shapes = node.inputs.map((input) => (input ? `[${input.shape.join(', ')}]` : '–')).join(' ');
    throw new Error(`${definition.name}${place}: ${error instanceof Error ? error.message : error} (inputs ${shapes})`);
  }
}
