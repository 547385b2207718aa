import type { FileAttribute, FileGraph, FileNode, FileTensor, FileValue, ModelFile } from './modelFile.ts';
import { integersOf, type ProtobufField, protobufFields, textOf } from './protobufReader.ts';

/**
 * Reads an ONNX file (onnx.proto, IR versions 4 to 10) whose weights lie in it.
 * Throws an Error that says what is wrong: damage, weights in other files, functions of the model's own.
 */
export function readModel(bytes: Uint8Array): ModelFile {
  const opsets = new Map<string, number>();
  const metadata: Record<string, string> = Object.create(null);
  const model = { irVersion: 0, producer: '' };
  let graph: FileGraph | undefined;
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) model.irVersion = field.value;
    else if (field.number === 2) model.producer = textOf(field.bytes);
    else if (field.number === 7) graph = readGraph(field.bytes);
    else if (field.number === 8) {
      const [domain, version] = readOpset(field.bytes);
      opsets.set(domain, version);
    } else if (field.number === 14) {
      const [key, value] = readPair(field.bytes);
      metadata[key] = value;
    } else if (field.number === 25) throw new Error('the model has functions of its own, which are not supported');
  }
  if (!graph) throw new Error('the file holds no graph');
  return { ...model, opsets, graph, metadata };
}

function readOpset(bytes: Uint8Array): [string, number] {
  let domain = '';
  let version = 0;
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) domain = textOf(field.bytes);
    else if (field.number === 2) version = field.value;
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

function readPair(bytes: Uint8Array): [string, string] {
  const pair: [string, string] = ['', ''];
  for (const field of protobufFields(bytes))
    if (field.number === 1 || field.number === 2) pair[field.number - 1] = textOf(field.bytes);
  return pair;
}

function readGraph(bytes: Uint8Array): FileGraph {
  const nodes: FileNode[] = [];
  const initializers: FileTensor[] = [];
  const inputs: FileValue[] = [];
  const outputs: FileValue[] = [];
  let name = '';
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) nodes.push(readNode(field.bytes));
    else if (field.number === 2) name = textOf(field.bytes);
    else if (field.number === 5) initializers.push(readTensor(field.bytes));
    else if (field.number === 11) inputs.push(readValue(field.bytes));
    else if (field.number === 12) outputs.push(readValue(field.bytes));
    else if (field.number === 15) throw new Error('sparse weights are not supported');
  }
  return { name, nodes, initializers, inputs, outputs };
}

function readNode(bytes: Uint8Array): FileNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, FileAttribute> = Object.create(null);
  const node = { name: '', operator: '', domain: '' };
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) inputs.push(textOf(field.bytes));
    else if (field.number === 2) outputs.push(textOf(field.bytes));
    else if (field.number === 3) node.name = textOf(field.bytes);
    else if (field.number === 4) node.operator = textOf(field.bytes);
    else if (field.number === 5) {
      const [name, attribute] = readAttribute(field.bytes);
      attributes[name] = attribute;
    } else if (field.number === 7) node.domain = textOf(field.bytes);
  }
  if (node.domain === 'ai.onnx') node.domain = '';
  return { ...node, inputs, outputs, attributes };
}

const INTEGER = 2;
const FLOAT = 1;
const TEXT = 3;
const INTEGERS = 7;

function readAttribute(bytes: Uint8Array): [string, FileAttribute] {
  const fields = [...protobufFields(bytes)];
  const last = (number: number): ProtobufField | undefined => fields.findLast((field) => field.number === number);
  const name = textOf(last(1)?.bytes ?? bytes.subarray(0, 0));
  switch (last(20)?.value) {
    case INTEGER:
      return [name, { kind: 'integer', value: last(3)?.value ?? 0 }];
    case FLOAT: {
      const four = last(2)?.bytes;
      const value = four ? new DataView(four.buffer, four.byteOffset, 4).getFloat32(0, true) : 0;
      return [name, { kind: 'float', value }];
    }
    case TEXT:
      return [name, { kind: 'text', value: textOf(last(4)?.bytes ?? bytes.subarray(0, 0)) }];
    case INTEGERS:
      return [name, { kind: 'integers', value: fields.filter(({ number }) => number === 8).flatMap(integersOf) }];
    default:
      return [name, { kind: 'other', bytes, hasBody: last(6) !== undefined || last(11) !== undefined }];
  }
}

function readTensor(bytes: Uint8Array): FileTensor {
  const dims: number[] = [];
  const tensor = { name: '', type: 0 };
  let raw: Uint8Array | undefined;
  const typed: ProtobufField[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) dims.push(...integersOf(field));
    else if (field.number === 2) tensor.type = field.value;
    else if (field.number === 8) tensor.name = textOf(field.bytes);
    else if (field.number === 9) raw = field.bytes;
    else if (field.number === 13 || (field.number === 14 && field.value === 1))
      throw new Error(`the weights of '${tensor.name}' lie in another file`);
    else if ([4, 5, 7].includes(field.number)) typed.push(field);
    else if ([6, 10, 11].includes(field.number)) throw new Error(`'${tensor.name}' has elements of an unknown form`);
  }
  return { ...tensor, dims, bytes: raw ?? typedBytes(tensor.type, typed) };
}

/** Elements that stand in a field of their type, as raw bytes. */
function typedBytes(type: number, fields: readonly ProtobufField[]): Uint8Array {
  if (fields.length === 0) return new Uint8Array(0);
  if (fields[0]!.number === 4) {
    const joined = new Uint8Array(fields.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let at = 0;
    for (const { bytes } of fields) {
      joined.set(bytes, at);
      at += bytes.length;
    }
    return joined;
  }
  const numbers = fields.flatMap(integersOf);
  const bytesEach = { 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 16: 2 }[type];
  if (bytesEach === undefined) throw new Error(`elements of type ${type} are not supported`);
  const view = new DataView(new ArrayBuffer(numbers.length * bytesEach));
  for (const [i, number] of numbers.entries()) {
    if (bytesEach === 8) view.setBigInt64(i * 8, BigInt(number), true);
    else if (bytesEach === 4) view.setInt32(i * 4, number, true);
    else if (bytesEach === 2) view.setUint16(i * 2, number & 0xffff, true);
    else view.setUint8(i, number & 0xff);
  }
  return new Uint8Array(view.buffer);
}

function readValue(bytes: Uint8Array): FileValue {
  let name = '';
  let type: Uint8Array | undefined;
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) name = textOf(field.bytes);
    else if (field.number === 2) type = field.bytes;
  }
  return { name, ...(type ? { type } : {}) };
}
