import { type ByteSource, windowedSource } from '../dsp/byteSource.ts';
import { type OnnxScan, scanOnnx } from './onnxScan.ts';
import { type Field, notOnnx, protobufFields, readPair, readText, readVarint } from './protobufFields.ts';

export interface OnnxTensor {
  name: string;
  dtype: string;
  shape: number[];
  /** Where the data lies when it is not in the file itself. */
  externalFile?: string;
}

/** An input or output of the main graph. */
export interface OnnxPort {
  name: string;
  /** `float32`, …; `other` for what is no tensor. */
  dtype: string;
  /** A size, its name, or '' where it is open; null where the rank is open too. */
  shape: (number | string)[] | null;
}

export interface OnnxSummary extends OnnxScan {
  /** Without those that an initializer fills. */
  inputs: string[];
  outputs: string[];
  ports: { inputs: OnnxPort[]; outputs: OnnxPort[] };
  /** Operator that makes each output, seen through those that only move values. */
  producers: Record<string, string>;
  /** Initializers of the main graph. */
  tensors: OnnxTensor[];
  metadata: Record<string, string>;
}

/** `TensorProto.DataType` of onnx.proto. */
const dataTypes = ['undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool']
  .concat(['float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn'])
  .concat(['float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1']);

const mostProperties = 10_000;
const mostPropertyCharacters = 16 << 20;

/** Names and shapes in an ONNX file, read by walking its fields; weights are skipped, so size does not matter. */
export async function summarizeOnnx(source: ByteSource): Promise<OnnxSummary> {
  const bytes = windowedSource(source);
  const graph: GraphParts = { inputs: [], outputs: [], tensors: [], made: new Map() };
  const metadata: Record<string, string> = {};
  let graphs = 0;
  let properties = 0;
  let characters = 0;
  for await (const field of protobufFields(bytes, 0, source.size)) {
    if (field.number === 7 && field.delimited) {
      graphs++;
      await readGraph(bytes, field, graph);
    } else if (field.number === 14 && field.delimited) {
      const [key, value] = await readPair(bytes, field);
      characters += key.length + value.length;
      if (++properties > mostProperties || characters > mostPropertyCharacters)
        throw notOnnx(`its properties are more than ${mostProperties}, or take more than 16 MB`);
      Object.defineProperty(metadata, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }
  if (graphs === 0) throw notOnnx('it holds no graph');
  const filled = new Set(graph.tensors.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !filled.has(name));
  return {
    inputs: inputs.map(({ name }) => name),
    outputs: graph.outputs.map(({ name }) => name),
    ports: { inputs, outputs: graph.outputs },
    producers: Object.fromEntries(graph.outputs.map(({ name }) => [name, producerOf(name, graph.made)])),
    tensors: graph.tensors,
    metadata,
    ...(await scanOnnx(bytes)),
  };
}

interface GraphParts {
  inputs: OnnxPort[];
  outputs: OnnxPort[];
  tensors: OnnxTensor[];
  /** Output of a node → its operator and first input. */
  made: Map<string, { type: string; from: string }>;
}

const movers = new Set(['Identity', 'Transpose', 'Squeeze', 'Unsqueeze', 'Reshape', 'Cast']);

function producerOf(output: string, made: GraphParts['made']): string {
  let node = made.get(output);
  for (let steps = 0; node && movers.has(node.type) && steps < 8; steps++) node = made.get(node.from) ?? node;
  return node?.type ?? '';
}

async function readGraph(bytes: ByteSource, graph: Field, parts: GraphParts): Promise<void> {
  for await (const field of protobufFields(bytes, graph.start, graph.end)) {
    if (!field.delimited) continue;
    if (field.number === 1) await readNode(bytes, field, parts.made);
    else if (field.number === 5) parts.tensors.push(await readTensor(bytes, field));
    else if (field.number === 11) parts.inputs.push(await readPort(bytes, field));
    else if (field.number === 12) parts.outputs.push(await readPort(bytes, field));
  }
}

async function readNode(bytes: ByteSource, node: Field, made: GraphParts['made']): Promise<void> {
  const read = { type: '', from: '' };
  const outputs: string[] = [];
  for await (const field of protobufFields(bytes, node.start, node.end)) {
    if (field.number === 1) read.from ||= await readText(bytes, field);
    else if (field.number === 2) outputs.push(await readText(bytes, field));
    else if (field.number === 4) read.type = await readText(bytes, field);
  }
  for (const output of outputs) made.set(output, read);
}

async function readTensor(bytes: ByteSource, tensor: Field): Promise<OnnxTensor> {
  const result: OnnxTensor = { name: '', dtype: 'undefined', shape: [] };
  for await (const field of protobufFields(bytes, tensor.start, tensor.end)) {
    if (field.number === 1) {
      if (!field.delimited) result.shape.push(field.value);
      else
        for (let at = field.start; at < field.end; ) {
          const [value, next] = await readVarint(bytes, at, field.end);
          result.shape.push(value);
          at = next;
        }
    } else if (field.number === 2) result.dtype = dataTypes[field.value] ?? `type ${field.value}`;
    else if (field.number === 8) result.name = await readText(bytes, field);
    else if (field.number === 13) {
      const [key, value] = await readPair(bytes, field);
      if (key === 'location') result.externalFile = value;
    } else if (field.number === 14 && field.value === 1) result.externalFile ??= '';
  }
  return result;
}

/** `ValueInfoProto`: a name, and in `type` (2) a `tensor_type` (1) with `elem_type` (1) and `shape` (2). */
async function readPort(bytes: ByteSource, info: Field): Promise<OnnxPort> {
  const port: OnnxPort = { name: '', dtype: 'other', shape: null };
  for await (const field of protobufFields(bytes, info.start, info.end)) {
    if (!field.delimited) continue;
    if (field.number === 1) port.name = await readText(bytes, field);
    else if (field.number === 2)
      for await (const type of protobufFields(bytes, field.start, field.end))
        if (type.number === 1 && type.delimited) await readTensorType(bytes, type, port);
  }
  return port;
}

async function readTensorType(bytes: ByteSource, type: Field, port: OnnxPort): Promise<void> {
  for await (const field of protobufFields(bytes, type.start, type.end)) {
    if (field.number === 1) port.dtype = dataTypes[field.value] ?? `type ${field.value}`;
    else if (field.number === 2 && field.delimited) {
      port.shape = [];
      for await (const dim of protobufFields(bytes, field.start, field.end))
        if (dim.number === 1 && dim.delimited) port.shape.push(await readDim(bytes, dim));
    }
  }
}

async function readDim(bytes: ByteSource, dim: Field): Promise<number | string> {
  for await (const field of protobufFields(bytes, dim.start, dim.end)) {
    if (field.number === 1) return field.value < 2 ** 53 ? field.value : '';
    if (field.number === 2) return readText(bytes, field);
  }
  return '';
}
