import { type Node, staticShape, type Value } from '../graph/value.ts';

/** Every node a value depends on, in an order in which they could run. */
export function nodesOf(value: Value): Node[] {
  const seen = new Set<Node>();
  const open = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.source.kind !== 'node' || seen.has(next.source.node)) continue;
    seen.add(next.source.node);
    for (const input of next.source.node.inputs) if (input) open.push(input);
  }
  return [...seen].sort((a, b) => a.outputs[0]!.id - b.outputs[0]!.id);
}

/** Multiply-accumulate operations of one node of static shape; elementwise work is not counted, as is usual. */
export function macsOf({ op, inputs, outputs, attributes }: Node): number {
  const sizeOf = (value: Value) => staticShape(value, 'counting operations').reduce((product, dim) => product * dim, 1);
  const shapeOf = (value: Value | undefined) => staticShape(value!, 'counting operations');
  switch (op.onnx) {
    case 'Conv':
      // Each output element is one filter over its window.
      return (
        sizeOf(outputs[0]!) *
        shapeOf(inputs[1])
          .slice(1)
          .reduce((product, dim) => product * dim, 1)
      );
    case 'MatMul':
    case 'Gemm':
      return sizeOf(outputs[0]!) * shapeOf(inputs[0]).at(attributes.transA === 1 ? -2 : -1)!;
    case 'LSTM':
    case 'GRU': {
      const [frames, batch, width] = shapeOf(inputs[0]) as [number, number, number];
      const [directions, gates, hidden] = shapeOf(inputs[2]) as [number, number, number];
      return frames * batch * directions * gates * (width + hidden);
    }
    default:
      return 0;
  }
}

/** Frames of the input that one output frame of the convolutions and pools sees, along their first spatial axis. */
export const receptiveFrames = (nodes: readonly Node[]): number => receptiveGrowth(nodes).at(-1)?.frames ?? 1;

/** The same after each convolution and pool, from the input on; `scope` names the layer. */
export function receptiveGrowth(nodes: readonly Node[]): { op: 'Conv' | 'MaxPool'; scope: string; frames: number }[] {
  let frames = 1;
  let jump = 1;
  return nodes.flatMap(({ op: { onnx: op }, scope, attributes }) => {
    if (op !== 'Conv' && op !== 'MaxPool') return [];
    const [kernel] = attributes.kernel_shape as readonly number[];
    const [stride] = attributes.strides as readonly number[];
    frames += (kernel! - 1) * jump;
    jump *= stride!;
    return [{ op, scope, frames }];
  });
}
