import { sameShape } from './dims.ts';
import { scalarLike } from './operand.ts';
import { add } from './ops/elementwise.ts';
import { reduceSum } from './ops/reduce.ts';
import { expand, reshape } from './ops/shape.ts';
import { isFloat, type Node, staticShape, type Value } from './value.ts';

/**
 * Gradients of the sum of `outputs` (or of their products with `seeds`, one per output) with respect to each of `wrt`,
 * as more graph: one reverse walk over the nodes that lie between them. A value that no output depends on gets zeros.
 * Throws when an op without a gradient rule lies in between.
 */
export function gradients(
  outputs: Value | readonly Value[],
  wrt: readonly Value[],
  seeds?: readonly Value[],
  options: { /** Takes each of `wrt` as independent of the others. */ readonly independent?: boolean } = {},
): Value[] {
  if (wrt.some(({ source }) => source.kind === 'constant')) throw new Error('a constant has no gradient');
  const roots = isList(outputs) ? outputs : [outputs];
  const walk = startWalk(nodesBetween(wrt, roots, options.independent ?? false));
  for (const [i, root] of roots.entries()) {
    const seed = seeds?.[i] ?? filled(root, 1);
    if (!sameShape(seed.shape, root.shape)) throw new Error('a seed must have the shape of its output');
    walk.accumulate(root, seed);
  }
  walk.run();
  return wrt.map((value) => walk.gradientOf(value) ?? filled(value, 0));
}

const isList = (outputs: Value | readonly Value[]): outputs is readonly Value[] => Array.isArray(outputs);

const filled = (like: Value, number: number) =>
  like.shape.length === 0
    ? scalarLike(like, number)
    : expand(scalarLike(like, number), staticShape(like, 'a gradient'));

function startWalk(nodes: readonly Node[]) {
  const found = new Map<Value, Value>();
  const accumulate = (value: Value, grad: Value) => {
    const sum = found.get(value);
    found.set(value, sum ? add(sum, grad) : grad);
  };
  const visit = (node: Node) => {
    const grads = node.outputs.map((output) => found.get(output));
    if (grads.every((grad) => grad === undefined)) return;
    const { op } = node;
    if (op.gradient === 'none') throw new Error(`${op.name} has no gradient (in ${node.scope || 'the graph'})`);
    const output = node.outputs[0]!;
    const grad = grads[0] ?? filled(output, 0);
    const inputGrads = op.gradient({ ...node, output, grad, grads });
    for (const [i, input] of sourcesOf(node).entries()) {
      const inputGrad = inputGrads[i];
      if (input && inputGrad && isFloat(input.dtype)) accumulate(input, undoBroadcast(inputGrad, input));
    }
  };
  return {
    accumulate,
    gradientOf: (value: Value) => found.get(value),
    run() {
      for (const node of nodes) {
        const { graph } = node.outputs[0]!;
        graph.scopeAt(backwardScope(node.scope), () => visit(node));
      }
    },
  };
}

/** Layer path of gradient nodes: this, then the path of the layer they belong to. */
export const BACKWARD = 'backward';

function backwardScope(scope: string): string {
  if (scope === BACKWARD || scope.startsWith(`${BACKWARD}/`)) return scope;
  return scope ? `${BACKWARD}/${scope}` : BACKWARD;
}

/** Sums a gradient over the axes along which the value was broadcast. */
function undoBroadcast(grad: Value, value: Value): Value {
  if (sameShape(grad.shape, value.shape)) return grad;
  const extra = grad.shape.length - value.shape.length;
  const axes = grad.shape.flatMap((dim, axis) => {
    const own = axis < extra ? 1 : value.shape[axis - extra];
    return own === 1 && dim !== 1 ? [axis] : [];
  });
  const sum = axes.length === 0 ? grad : reduceSum(grad, axes, { keepDims: true });
  return reshape(sum, value.shape);
}

/** Nodes on a path of float values from `wrt` to the roots, last made first. */
function nodesBetween(wrt: readonly Value[], roots: readonly Value[], independent: boolean): readonly Node[] {
  const targets = new Set(wrt);
  const nodes = new Map<Node, boolean>();
  const leadsToTarget = (value: Value): boolean => {
    if (targets.has(value)) return true;
    return value.source.kind === 'node' && isFloat(value.dtype) && (nodes.get(value.source.node) ?? false);
  };
  for (const node of nodesBelow(roots, independent ? targets : new Set())) {
    nodes.set(
      node,
      sourcesOf(node).some((input) => input !== undefined && leadsToTarget(input)),
    );
  }
  return [...nodes]
    .filter(([, between]) => between)
    .map(([node]) => node)
    .reverse();
}

const sourcesOf = (node: Node) => [...node.inputs, ...node.captures];

/** Every node the roots depend on, in the order of creation. */
function nodesBelow(roots: readonly Value[], stops: ReadonlySet<Value>): readonly Node[] {
  const seen = new Set<Node>();
  const open = [...roots];
  for (let value = open.pop(); value; value = open.pop()) {
    if (stops.has(value) || value.source.kind !== 'node' || seen.has(value.source.node)) continue;
    seen.add(value.source.node);
    for (const input of sourcesOf(value.source.node)) if (input) open.push(input);
  }
  return [...seen].sort((a, b) => a.outputs[0]!.id - b.outputs[0]!.id);
}
