import type { FileAttribute, FileGraph, FileNode, FileTensor, FileValue, ModelFile } from './modelFile.ts';
import { bytesField, type Encoded, floatField, integerField, message, messageField, stringField } from './protobuf.ts';

/** The bytes of an ONNX file; what `readModel` reads of them is the same again. */
export function encodeModel(model: ModelFile): Uint8Array {
  const encoded = message([
    integerField(1, model.irVersion),
    stringField(2, model.producer),
    messageField(7, graph(model.graph)),
    ...[...model.opsets].map(([domain, version]) =>
      messageField(8, message([stringField(1, domain), integerField(2, version)])),
    ),
    ...Object.entries(model.metadata).map(([key, value]) =>
      messageField(14, message([stringField(1, key), stringField(2, value)])),
    ),
  ]);
  const bytes = new Uint8Array(encoded.size);
  encoded.write(bytes, 0);
  return bytes;
}

const graph = ({ name, nodes, initializers, inputs, outputs }: FileGraph): Encoded =>
  message([
    ...nodes.map((one) => messageField(1, node(one))),
    stringField(2, name),
    ...initializers.map((one) => messageField(5, tensor(one))),
    ...inputs.map((one) => messageField(11, value(one))),
    ...outputs.map((one) => messageField(12, value(one))),
  ]);

const node = (one: FileNode): Encoded =>
  message([
    ...one.inputs.map((name) => stringField(1, name)),
    ...one.outputs.map((name) => stringField(2, name)),
    stringField(3, one.name),
    stringField(4, one.operator),
    ...Object.entries(one.attributes).map(([name, value]) => attribute(name, value)),
    stringField(7, one.domain),
  ]);

function attribute(name: string, value: FileAttribute): Encoded {
  const named = (type: number, fields: readonly Encoded[]) =>
    messageField(5, message([stringField(1, name), ...fields, integerField(20, type)]));
  switch (value.kind) {
    case 'integer':
      return named(2, [integerField(3, value.value)]);
    case 'float':
      return named(1, [floatField(2, value.value)]);
    case 'text':
      return named(3, [stringField(4, value.value)]);
    case 'integers':
      return named(
        7,
        value.value.map((item) => integerField(8, item)),
      );
    case 'body':
      return named(5, [messageField(6, graph(value.graph))]);
    case 'other':
      return bytesField(5, value.bytes);
  }
}

const tensor = ({ name, type, dims, bytes }: FileTensor): Encoded =>
  message([
    ...dims.map((dim) => integerField(1, dim)),
    integerField(2, type),
    stringField(8, name),
    bytesField(9, bytes),
  ]);

const value = ({ name, type }: FileValue): Encoded =>
  message([stringField(1, name), ...(type ? [bytesField(2, type)] : [])]);
