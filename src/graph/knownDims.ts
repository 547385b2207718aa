import { constantNumbers, type Dim, type Shape, type Value } from './value.ts';

/** Content of an int64 vector of sizes as far as it follows from the graph: constants, `shape`, and their pieces. */
export function knownDims(value: Value): Shape | undefined {
  const { source } = value;
  if (source.kind === 'constant') return constantNumbers(value, 'sizes');
  if (source.kind !== 'node') return undefined;
  const { op, inputs, attributes } = source.node;
  if (op.onnx === 'Shape') return inputs[0]!.shape;
  if (op.onnx === 'Concat') {
    const parts = inputs.map((input) => knownDims(input!));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (op.onnx === 'Gather' && attributes.axis === 0) return pick(inputs[0]!, inputs[1]!);
  if (op.onnx === 'Slice') return cut(inputs as readonly Value[]);
  if (op.onnx === 'Unsqueeze' || op.onnx === 'Squeeze' || op.onnx === 'Identity') return knownDims(inputs[0]!);
  return undefined;
}

/** The one dim a scalar or a vector of one element stands for. */
export const knownDim = (value: Value): Dim | undefined => {
  const dims = knownDims(value);
  return dims?.length === 1 ? dims[0] : undefined;
};

function pick(data: Value, indices: Value): Shape | undefined {
  const dims = knownDims(data);
  if (!dims || indices.source.kind !== 'constant') return undefined;
  return constantNumbers(indices, 'indices').map((index) => dims.at(index)!);
}

function cut([data, ...bounds]: readonly Value[]): Shape | undefined {
  const [start, end, , step] = bounds.map((bound) => constantNumbers(bound, 'a bound')[0]!);
  return step === 1 ? knownDims(data!)?.slice(start, end) : undefined;
}
