import { createCaster } from './autocastCasts.ts';
import { bodiesOf } from './captures.ts';
import { neededNodes, resolve } from './onnx/names.ts';
import { type BodyAttribute, type DataType, type Graph, isFloat, type Node, type Value } from './value.ts';

export interface AutocastOptions {
  /** Layer paths, forward and backward, whose arithmetic stays float32 whatever their ops are: losses. */
  readonly float32Scopes: readonly string[];
}

/** Products: convolutions, linear layers and the gates of recurrent cells; inputs and output are float16. */
const float16Ops: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose']);

/** Sums over many elements and functions that leave float16's range: inputs and output are float32. */
const float32Ops: ReadonlySet<string> = new Set([
  'Softmax',
  'LayerNormalization',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'ReduceSum',
  'ReduceMean',
  'ReduceSumSquare',
  'CumSum',
  'ScatterElements',
]);

/** Here an operand that is broadcast follows the one that is not. */
const elementwiseOps: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Where'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
]);

/**
 * The same outputs in mixed precision, with the types they had: a graph → graph rewrite of forward and backward alike,
 * so that a gradient has the type of what it is the gradient of, as in PyTorch. Graph inputs stay float32: weights are
 * cast where they are used (once each), and their gradients come back as float32.
 *
 * The lists are torch.autocast's for CUDA ("CUDA Ops that can autocast to float16/float32", PyTorch's amp page), by
 * the ops that its layers are made of here: a square is its `pow`, a mean or cumulative sum its `sum`. Every other op
 * computes in the type of its inputs. Where they differ, the widest counts, as in PyTorch, except that what PyTorch's
 * fused kernels take in float32 does not widen a tensor: operands that are broadcast (biases, gains) and what is made
 * from inputs alone (masks). The states of a Scan stay float32, because rounding them adds up over frames.
 */
export function autocast<Name extends string>(
  outputs: Readonly<Record<Name, Value>>,
  options: AutocastOptions,
): Record<Name, Value> {
  const roots = Object.values<Value>(outputs).map(resolve);
  const rewrite = createRewrite(options);
  const graph = roots[0]!.graph;
  for (const node of neededNodes(graph, roots).nodes) rewrite.node(node, graph);
  const named = Object.entries<Value>(outputs).map(([name, value]) => [name, rewrite.valueAs(value, value.dtype)]);
  return Object.fromEntries(named) as Record<Name, Value>;
}

function createRewrite(options: AutocastOptions) {
  const known = new Map<Value, Value>();
  const caster = createCaster();
  const of = (value: Value): Value => known.get(resolve(value)) ?? resolve(value);
  const valueAs = (value: Value, type: DataType) => caster.castTo(of(value), type);

  function rewriteNode(node: Node, graph: Graph): void {
    const made = graph.scopeAt(node.scope, () => {
      const inputs = inputsFor(node, isPinned(node.scope, options));
      const [body] = bodiesOf(node.attributes);
      const isSame = !body && inputs.every((input, i) => input === node.inputs[i]);
      if (isSame && node.outputs[0]!.graph === graph) return node.outputs;
      const attributes = body ? { ...node.attributes, body: bodyOf(body, inputs, stateCount(node)) } : node.attributes;
      return graph.addNode(node.op, inputs, attributes, node.op.outputs({ inputs, attributes }));
    });
    for (const [i, output] of node.outputs.entries()) known.set(output, made[i]!);
    if (!isPinned(node.scope, options)) noteWeak(node);
  }

  function noteWeak(node: Node): void {
    const isWidened = node.op.onnx === 'Cast' && !isFloat(node.inputs[0]!.dtype);
    const sources = node.inputs.filter((input) => input && isFloat(input.dtype)) as Value[];
    const isDerived = sources.length > 0 && follows(node.op.onnx) && sources.every((input) => caster.isWeak(of(input)));
    if (isWidened || isDerived) for (const output of node.outputs) caster.weaken(of(output));
  }

  function inputsFor(node: Node, pinned: boolean): Node['inputs'] {
    const current = node.inputs.map((input) => input && of(input));
    if (node.op.onnx === 'Cast') return current;
    if (node.op.onnx === 'Scan') {
      const isWide = (i: number) => pinned || i < stateCount(node);
      return current.map((input, i) =>
        input && isFloat(input.dtype) && isWide(i) ? caster.castTo(input, 'float32') : input,
      );
    }
    const type = pinned ? 'float32' : typeFor(node, current);
    const isTerm = elementwiseOps.has(node.op.onnx);
    return current.map((input) => (input && isFloat(input.dtype) ? caster.castTo(input, type, isTerm) : input));
  }

  function typeFor(node: Node, inputs: Node['inputs']): DataType {
    const { op, outputs } = node;
    if (float16Ops.has(op.onnx)) return 'float16';
    const isSquare = op.onnx === 'Mul' && inputs[0] === inputs[1];
    if (isSquare || float32Ops.has(op.onnx)) return 'float32';
    const strong = inputs.filter((input) => input && isFloat(input.dtype) && !caster.isWeak(input)) as Value[];
    const full = elementwiseOps.has(op.onnx) ? strong.filter(({ shape }) => fills(shape, outputs[0]!.shape)) : strong;
    const deciding = full.length > 0 ? full : strong;
    const narrow = deciding.length > 0 && deciding.every(({ dtype }) => dtype === 'float16');
    return narrow ? 'float16' : 'float32';
  }

  function bodyOf({ body, outputs }: BodyAttribute, inputs: Node['inputs'], states: number): BodyAttribute {
    const rewritten = body.parent!.createBody();
    for (const [i, input] of body.inputs.entries()) {
      if (input.source.kind !== 'input') throw new Error('not an input');
      known.set(input, rewritten.input(input.source.name, input.shape, inputs[i]!.dtype));
    }
    for (const node of neededNodes(body, outputs).nodes) rewriteNode(node, rewritten);
    const typed = outputs.map((output, i) => (i < states ? valueAs(output, output.dtype) : of(output)));
    return { body: rewritten, outputs: typed, rebuild: refuse };
  }

  return { node: rewriteNode, valueAs };
}

const refuse = () => {
  throw new Error('gradients come before the casts');
};

const stateCount = ({ inputs, attributes }: Node) => inputs.length - (attributes.num_scan_inputs as number);

const follows = (onnx: string) => !float16Ops.has(onnx) && !float32Ops.has(onnx) && onnx !== 'Cast' && onnx !== 'Scan';

function isPinned(scope: string, { float32Scopes }: AutocastOptions): boolean {
  return float32Scopes.some((path) =>
    [path, `backward/${path}`].some((whole) => scope === whole || scope.startsWith(`${whole}/`)),
  );
}

/** Whether an operand has the result's size, so that no axis of it is broadcast. */
const fills = (shape: Value['shape'], result: Value['shape']) =>
  shape.length === result.length && shape.every((dim, axis) => dim === result[axis]);
