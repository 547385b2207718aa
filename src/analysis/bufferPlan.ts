import { elementBytes } from '../graph/elementTypes.ts';
import { resolve } from '../graph/onnx/names.ts';
import { staticShape, type Value } from '../graph/value.ts';
import type { RuntimeNode } from './runtimeGraph.ts';

/** What happens to memory while the nodes run, in order. */
export interface BufferPlan {
  /** Bytes of each buffer. */
  sizes: number[];
  /** Per node: buffers that begin with it, then those that end after it. */
  steps: { begins: number[]; ends: number[] }[];
}

/** The output is the first input under another shape. */
const aliasOps: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** May write over an input of the output's shape that nothing reads later. */
const inPlaceOps: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Sqrt', 'Reciprocal', 'Exp', 'Log', 'Relu', 'Sigmoid', 'Tanh', 'Erf'],
  'Softmax',
]);

/**
 * Which values share a buffer and how long each buffer lives, by the rules of ONNX Runtime's planner: reshapes alias,
 * elementwise ops write in place, and a buffer whose last reader has run serves the next value of its shape, even much
 * later. Graph inputs, constants and fetched outputs have memory of their own.
 */
export function planBuffers(nodes: readonly RuntimeNode[], fetched: readonly Value[]): BufferPlan {
  const planner = createPlanner(nodes, fetched);
  for (const [step, node] of nodes.entries()) planner.visit(node, step);
  return planner.finish();
}

function createPlanner(nodes: readonly RuntimeNode[], fetched: readonly Value[]) {
  const uses = new Map<Value, number>();
  for (const { reads } of nodes) for (const value of reads) uses.set(value, (uses.get(value) ?? 0) + 1);
  const own = new Set(fetched.map(resolve));
  /** Buffer of each value; values with memory elsewhere have none. */
  const bufferOf = new Map<Value, number>();
  const sizes: number[] = [];
  const shapes: string[] = [];
  const pending: number[] = [];
  const spans: { from: number; to: number }[] = [];
  let free: number[] = [];

  function place(value: Value, node: RuntimeNode): number | undefined {
    const { onnx } = node.node.op;
    if (own.has(value)) return undefined;
    if (aliasOps.has(onnx)) return bufferOf.get(node.reads[0]!);
    const shape = keyOf(value);
    if (inPlaceOps.has(onnx)) {
      for (const read of node.reads.slice(0, 2)) {
        const buffer = bufferOf.get(read);
        if (buffer !== undefined && pending[buffer] === 1 && keyOf(read) === shape) return buffer;
      }
    }
    const dead = value.shape.length > 0 ? free.find((buffer) => shapes[buffer] === shape) : undefined;
    if (dead !== undefined) {
      free = free.filter((buffer) => buffer !== dead);
      return dead;
    }
    sizes.push(bytesOf(value));
    shapes.push(shape);
    pending.push(0);
    return sizes.length - 1;
  }

  return {
    visit(node: RuntimeNode, step: number) {
      for (const output of node.outputs) {
        const buffer = place(output, node);
        if (buffer === undefined) continue;
        bufferOf.set(output, buffer);
        pending[buffer]! += uses.get(output) ?? 0;
        spans[buffer] ??= { from: step, to: step };
        spans[buffer].to = step;
      }
      for (const value of [...node.reads, ...node.outputs.filter((output) => !uses.has(output))]) {
        const buffer = bufferOf.get(value);
        if (buffer === undefined) continue;
        spans[buffer]!.to = step;
        if (uses.has(value)) pending[buffer]!--;
        if (pending[buffer] === 0 && !free.includes(buffer)) free.unshift(buffer);
      }
    },
    finish(): BufferPlan {
      const steps = nodes.map(() => ({ begins: [] as number[], ends: [] as number[] }));
      for (const [buffer, { from, to }] of spans.entries()) {
        steps[from]!.begins.push(buffer);
        steps[to]!.ends.push(buffer);
      }
      return { sizes, steps };
    },
  };
}

const keyOf = (value: Value) => `${bytesPerElement(value)}|${value.shape.join()}`;

/** A CPU computes float16 in float32. */
const bytesPerElement = ({ dtype }: Value) => elementBytes(dtype === 'float16' ? 'float32' : dtype);

export const bytesOf = (value: Value): number =>
  staticShape(value, 'a memory forecast').reduce((product, dim) => product * dim, bytesPerElement(value));
