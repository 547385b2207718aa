import { type ByteSource, windowedSource } from '../dsp/byteSource.ts';
import { UserError } from '../shared/problem.ts';

export interface OnnxTensor {
  name: string;
  dtype: string;
  shape: number[];
  /** Where the data lies when it is not in the file itself. */
  externalFile?: string;
}

export interface OnnxSummary {
  inputs: string[];
  outputs: string[];
  /** Initializers of the main graph. */
  tensors: OnnxTensor[];
  metadata: Record<string, string>;
  /** Files beside the model that tensors anywhere in it name: in subgraphs, attributes and functions too. */
  externalFiles: string[];
}

/** `TensorProto.DataType` of onnx.proto. */
const dataTypes = ['undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool']
  .concat(['float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn'])
  .concat(['float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1']);

interface Field {
  number: number;
  /** Of a varint or fixed field. */
  value: number;
  /** Bytes [start, end) of a length-delimited field. */
  start: number;
  end: number;
  delimited: boolean;
}

/** Names and shapes in an ONNX file, read by walking its fields; weights are skipped, so size does not matter. */
export async function summarizeOnnx(source: ByteSource): Promise<OnnxSummary> {
  const bytes = windowedSource(source);
  const summary: OnnxSummary = { inputs: [], outputs: [], tensors: [], metadata: {}, externalFiles: [] };
  const external = new Set<string>();
  let graphs = 0;
  for await (const field of fields(bytes, 0, source.size)) {
    if (field.number === 7 && field.delimited) {
      graphs++;
      await readGraph(bytes, field, summary);
    } else if (field.number === 14 && field.delimited) {
      const [key, value] = await readPair(bytes, field);
      Object.defineProperty(summary.metadata, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }
  if (graphs === 0) throw notOnnx('it holds no graph');
  await findExternal(bytes, { start: 0, end: source.size }, 'model', external, 0);
  summary.externalFiles = [...external].sort();
  return summary;
}

/** Which fields of each message lead to a tensor, by field number in onnx.proto. */
const messages = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
  tensor: {},
} as const satisfies Record<string, Record<number, string>>;
type Message = keyof typeof messages;

/** Graphs inside graphs deeper than this are no model. */
const DEEPEST = 64;

async function findExternal(
  bytes: ByteSource,
  { start, end }: Pick<Field, 'start' | 'end'>,
  message: Message,
  found: Set<string>,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) throw notOnnx('nested too deeply');
  const inner: Readonly<Record<number, Message>> = messages[message];
  for await (const field of fields(bytes, start, end)) {
    if (!field.delimited) continue;
    const next = inner[field.number];
    if (next === 'tensor') {
      const { externalFile } = await readTensor(bytes, field);
      if (externalFile !== undefined) found.add(externalFile);
    } else if (next !== undefined) await findExternal(bytes, field, next, found, depth + 1);
  }
}

async function readGraph(bytes: ByteSource, graph: Field, summary: OnnxSummary): Promise<void> {
  for await (const field of fields(bytes, graph.start, graph.end)) {
    if (!field.delimited) continue;
    if (field.number === 5) summary.tensors.push(await readTensor(bytes, field));
    else if (field.number === 11) summary.inputs.push(await readName(bytes, field));
    else if (field.number === 12) summary.outputs.push(await readName(bytes, field));
  }
}

async function readTensor(bytes: ByteSource, tensor: Field): Promise<OnnxTensor> {
  const result: OnnxTensor = { name: '', dtype: 'undefined', shape: [] };
  for await (const field of fields(bytes, tensor.start, tensor.end)) {
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

/** `StringStringEntryProto`. */
async function readPair(bytes: ByteSource, entry: Field): Promise<[string, string]> {
  const pair: [string, string] = ['', ''];
  for await (const field of fields(bytes, entry.start, entry.end)) {
    if (field.number === 1) pair[0] = await readText(bytes, field);
    else if (field.number === 2) pair[1] = await readText(bytes, field);
  }
  return pair;
}

async function readName(bytes: ByteSource, info: Field): Promise<string> {
  for await (const field of fields(bytes, info.start, info.end)) {
    if (field.number === 1 && field.delimited) return readText(bytes, field);
  }
  return '';
}

const LONGEST_TEXT = 1 << 20;

async function readText(bytes: ByteSource, { start, end, delimited }: Field): Promise<string> {
  if (!delimited || end - start > LONGEST_TEXT) throw notOnnx('a name is damaged');
  return new TextDecoder().decode(await bytes.read(start, end - start));
}

async function* fields(bytes: ByteSource, start: number, end: number): AsyncGenerator<Field> {
  let at = start;
  while (at < end) {
    const [tag, afterTag] = await readVarint(bytes, at, end);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    const field: Field = { number, value: 0, start: afterTag, end: afterTag, delimited: wire === 2 };
    if (wire === 0) [field.value, at] = await readVarint(bytes, afterTag, end);
    else if (wire === 1) at = afterTag + 8;
    else if (wire === 5) at = afterTag + 4;
    else if (wire === 2) {
      const [length, first] = await readVarint(bytes, afterTag, end);
      field.start = first;
      field.end = first + length;
      at = field.end;
    } else throw notOnnx(`unknown field kind at byte ${afterTag}`);
    if (number === 0 || at > end) throw notOnnx(`a field at byte ${afterTag} reaches past its end`);
    yield field;
  }
}

async function readVarint(bytes: ByteSource, at: number, end: number): Promise<[number, number]> {
  const part = await bytes.read(at, Math.min(10, end - at));
  let value = 0;
  for (let i = 0; i < part.length; i++) {
    value += (part[i]! & 127) * 2 ** (7 * i);
    if (part[i]! < 128) return [value, at + i + 1];
  }
  throw notOnnx(`a number at byte ${at} is damaged`);
}

const notOnnx = (reason: string) => new UserError(`not a readable ONNX file: ${reason}`);
