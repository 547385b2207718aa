import { elementTypes } from '../elementTypes.ts';
import type { Attribute, DataType, Shape, TensorData } from '../value.ts';
import { bytesField, type Encoded, floatField, integerField, message, messageField, stringField } from './protobuf.ts';

/** The messages of onnx.proto (IR version 8) that a model needs, by field number. */
export const modelMessage = (model: {
  irVersion: number;
  opset: number;
  producer: string;
  graph: Encoded;
  metadata: Readonly<Record<string, string>>;
}): Encoded =>
  message([
    integerField(1, model.irVersion),
    stringField(2, model.producer),
    messageField(7, model.graph),
    messageField(8, message([stringField(1, ''), integerField(2, model.opset)])),
    ...Object.entries(model.metadata).map(([key, value]) =>
      messageField(14, message([stringField(1, key), stringField(2, value)])),
    ),
  ]);

export const graphMessage = (graph: {
  name: string;
  nodes: readonly Encoded[];
  initializers: readonly Encoded[];
  inputs: readonly Encoded[];
  outputs: readonly Encoded[];
}): Encoded =>
  message([
    ...graph.nodes.map((node) => messageField(1, node)),
    stringField(2, graph.name),
    ...graph.initializers.map((tensor) => messageField(5, tensor)),
    ...graph.inputs.map((input) => messageField(11, input)),
    ...graph.outputs.map((output) => messageField(12, output)),
  ]);

export const nodeMessage = (node: {
  name: string;
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: readonly Encoded[];
}): Encoded =>
  message([
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(3, node.name),
    stringField(4, node.type),
    ...node.attributes.map((attribute) => messageField(5, attribute)),
  ]);

const FLOAT = 1;
const INT = 2;
const STRING = 3;
const TENSOR = 4;
const GRAPH = 5;
const INTS = 7;

export function attributeMessage(name: string, value: Attribute, bodyMessage: (body: Attribute) => Encoded): Encoded {
  const named = (type: number, ...fields: Encoded[]) =>
    message([stringField(1, name), ...fields, integerField(20, type)]);
  if (typeof value === 'number') return named(INT, integerField(3, value));
  if (typeof value === 'string') return named(STRING, stringField(4, value));
  if ('float' in value) return named(FLOAT, floatField(2, value.float));
  if ('tensor' in value)
    return named(TENSOR, messageField(5, tensorMessage('', value.dtype, value.shape, value.tensor)));
  if ('body' in value) return named(GRAPH, messageField(6, bodyMessage(value)));
  return named(INTS, ...value.map((item) => integerField(8, item)));
}

/** Content is stored as the machine holds it; ONNX wants little-endian, as every machine Node runs on is. */
export const tensorMessage = (name: string, dtype: DataType, shape: readonly number[], data: TensorData): Encoded =>
  message([
    ...shape.map((dim) => integerField(1, dim)),
    integerField(2, elementTypes[dtype]),
    stringField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);

export function valueInfoMessage(name: string, dtype: DataType, shape: Shape): Encoded {
  const dims = shape.map((dim) =>
    messageField(1, message([typeof dim === 'number' ? integerField(1, dim) : stringField(2, dim)])),
  );
  const tensorType = message([integerField(1, elementTypes[dtype]), messageField(2, message(dims))]);
  return message([stringField(1, name), messageField(2, message([messageField(1, tensorType)]))]);
}
