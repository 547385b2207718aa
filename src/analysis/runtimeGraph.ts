import { neededNodes, resolve } from '../graph/onnx/names.ts';
import type { Attribute, Node, Value } from '../graph/value.ts';

/** A node as the runtime executes it, after its optimizer. */
export interface RuntimeNode {
  node: Node;
  /** Values it reads, each an output of another runtime node, a graph input or a constant. */
  reads: Value[];
  outputs: readonly Value[];
}

/**
 * The nodes of a written graph in the order in which ONNX Runtime's sequential executor runs them, after the rewrites of
 * its level `extended` that change which tensors exist: equal nodes become one, a transposition before a product
 * becomes a flag of the product.
 */
export function runtimeNodes(outputs: readonly Value[]): RuntimeNode[] {
  const roots = outputs.map(resolve);
  const { nodes } = neededNodes(roots[0]!.graph, roots);
  const { merged, kept } = mergeEqual(nodes);
  const read = (value: Value) => merged.get(resolve(value)) ?? resolve(value);
  const wanted = new Set(roots.map(read));
  const runtime = kept.map((node) => ({
    node,
    reads: [...node.inputs, ...node.captures].filter((input) => input !== undefined).map(read),
    outputs: node.outputs,
  }));
  return executionOrder(fuseTranspositions(runtime, wanted));
}

/** Common subexpressions: same op, attributes and inputs. */
function mergeEqual(nodes: readonly Node[]) {
  const merged = new Map<Value, Value>();
  const byKey = new Map<string, Node>();
  const kept: Node[] = [];
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => (input ? (merged.get(resolve(input)) ?? resolve(input)).id : -1));
    const attributes = Object.entries(node.attributes);
    const hasBody = attributes.some(([, value]) => isBody(value));
    const key = hasBody ? `${node.outputs[0]!.id}` : `${node.op.onnx}|${inputs.join()}|${JSON.stringify(attributes)}`;
    const known = byKey.get(key);
    if (!known) {
      byKey.set(key, node);
      kept.push(node);
      continue;
    }
    for (const [i, output] of node.outputs.entries()) merged.set(output, known.outputs[i]!);
  }
  return { merged, kept };
}

const isBody = (attribute: Attribute | undefined) => typeof attribute === 'object' && 'body' in attribute;

/** A product reads what was transposed; the transposition goes when nothing else reads it. New nodes come last. */
function fuseTranspositions(nodes: readonly RuntimeNode[], wanted: ReadonlySet<Value>): RuntimeNode[] {
  const producers = new Map(nodes.map((item) => [item.outputs[0]!, item]));
  const original = (value: Value): Value => {
    const producer = producers.get(value);
    return producer?.node.op.onnx === 'Transpose' && isMatrixTransposition(producer.node) ? producer.reads[0]! : value;
  };
  const plain: RuntimeNode[] = [];
  const fused: RuntimeNode[] = [];
  for (const item of nodes) {
    const { onnx } = item.node.op;
    const reads =
      onnx === 'MatMul' || onnx === 'Gemm'
        ? item.reads.map((value, i) => (i < 2 ? original(value) : value))
        : item.reads;
    if (reads.every((value, i) => value === item.reads[i])) plain.push(item);
    else fused.push({ ...item, reads });
  }
  const all = [...plain, ...fused];
  const used = new Set([...wanted, ...all.flatMap(({ reads }) => reads)]);
  return all.filter(({ node, outputs }) => node.op.onnx !== 'Transpose' || used.has(outputs[0]!));
}

/** Whether only the last two axes change places. */
function isMatrixTransposition({ attributes }: Node): boolean {
  const perm = attributes.perm as readonly number[];
  const rank = perm.length;
  return perm.every((from, axis) => from === (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
}

/** ONNX Runtime's default order: depth first from the nodes nothing reads, the last made node first. */
function executionOrder(nodes: readonly RuntimeNode[]): RuntimeNode[] {
  const indexOf = new Map<Value, number>();
  for (const [index, { outputs }] of nodes.entries()) for (const output of outputs) indexOf.set(output, index);
  const sources = nodes.map(({ reads }) => {
    const indices = reads.flatMap((value) => indexOf.get(value) ?? []);
    return [...new Set(indices)].sort((a, b) => a - b);
  });
  const isRead = new Set(sources.flat());
  const open = nodes.flatMap((_, index) => (isRead.has(index) ? [] : [{ index, leave: false }]));
  const visited = new Set<number>();
  const order: RuntimeNode[] = [];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.leave) {
      order.push(nodes[next.index]!);
      continue;
    }
    if (visited.has(next.index)) continue;
    visited.add(next.index);
    open.push({ index: next.index, leave: true });
    for (const index of sources[next.index]!) if (!visited.has(index)) open.push({ index, leave: false });
  }
  return order;
}
