import { BACKWARD } from '../autodiff.ts';
import type { Graph, Node, Value } from '../value.ts';

/**
 * Names of nodes and tensors. A node is called after its layer and its op, `encoder/conv0/Conv`, with `_1`, `_2` …
 * where that is taken; its first output has the node's name, the others `…:1`.
 */
export interface Names {
  node(node: Node): string;
  value(value: Value): string;
  /** Gives a value a name of its own; call before the first use. */
  assign(value: Value, name: string): void;
  isAssigned(value: Value): boolean;
  fresh(base: string): string;
  readonly onNode: OnNode;
}

export type OnNode = (name: string, inBody: boolean) => void;

export function createNames(onNode: OnNode = () => undefined): Names {
  const taken = new Map<string, number>();
  const nodes = new Map<Node, string>();
  const values = new Map<Value, string>();
  const fresh = (base: string): string => {
    const count = taken.get(base);
    taken.set(base, (count ?? 0) + 1);
    return count === undefined ? base : fresh(`${base}_${count}`);
  };
  const nodeName = (node: Node) => {
    const known = nodes.get(node) ?? fresh(node.scope ? `${node.scope}/${node.op.onnx}` : node.op.onnx);
    nodes.set(node, known);
    return known;
  };
  return {
    node: nodeName,
    value(value) {
      const known = values.get(value);
      if (known) return known;
      const { source } = value;
      let name: string;
      if (source.kind === 'node') {
        const ofNode = nodeName(source.node);
        name = source.index === 0 ? ofNode : `${ofNode}:${source.index}`;
      } else {
        name = source.kind === 'input' ? source.name : fresh('constant');
      }
      values.set(value, name);
      return name;
    },
    assign(value, name) {
      values.set(value, name);
    },
    isAssigned: (value) => values.has(value),
    fresh,
    onNode,
  };
}

/**
 * The layer path, the ONNX op and the phase that a node's name tells, also where ONNX Runtime fused or split the node
 * and added to its name. Undefined for a node that it made up.
 */
export function readNodeName(name: string): { layer: string; op: string; backward: boolean } | undefined {
  const path = name.replace(/^(fused |InsertedPrecisionFreeCast_)/, '').split('/');
  const at = path.findIndex((part) => /^[A-Z]/.test(part));
  if (at < 0) return undefined;
  const backward = path[0] === BACKWARD;
  return { layer: path.slice(backward ? 1 : 0, at).join('/'), op: /^[A-Za-z0-9]+/.exec(path[at]!)![0], backward };
}

/** A value behind nodes that are not written: what a custom gradient passes through. */
export function resolve(value: Value): Value {
  let current = value;
  while (current.source.kind === 'node' && current.source.node.op.transparent) {
    current = current.source.node.inputs[current.source.index]!;
  }
  return current;
}

export interface Needed {
  readonly nodes: readonly Node[];
  /** Inputs, constants and values of enclosing graphs. */
  readonly leaves: ReadonlySet<Value>;
  /** All values that are read or asked for. */
  readonly values: ReadonlySet<Value>;
}

/** Nodes of one graph that the values need, in the order of creation, with what nested bodies take from outside. */
export function neededNodes(graph: Graph, wanted: readonly Value[]): Needed {
  const nodes = new Set<Node>();
  const leaves = new Set<Value>();
  const values = new Set<Value>();
  const open = wanted.map(resolve);
  for (let value = open.pop(); value; value = open.pop()) {
    values.add(value);
    if (value.graph !== graph || value.source.kind !== 'node') {
      leaves.add(value);
      continue;
    }
    const { node } = value.source;
    if (nodes.has(node)) continue;
    nodes.add(node);
    for (const input of [...node.inputs, ...node.captures]) if (input) open.push(resolve(input));
  }
  return { nodes: [...nodes].sort((a, b) => a.outputs[0]!.id - b.outputs[0]!.id), leaves, values };
}
