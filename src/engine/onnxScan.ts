import type { ByteSource } from '../dsp/byteSource.ts';
import { type Field, notOnnx, protobufFields, readPair, readText, readVarint } from './protobufFields.ts';

/** What a runtime would be made to do by a model, found without running anything. */
export interface OnnxScan {
  /** Files beside the model that tensors anywhere in it name: in subgraphs, attributes and functions too. */
  externalFiles: string[];
  /** Operator sets that its nodes ask for, `` being ONNX's own. */
  domains: string[];
  /** Why no runtime should be given it; empty for a sound model. */
  faults: string[];
}

/**
 * Walks every node and tensor of a model, in subgraphs, attributes and functions too (field numbers of onnx.proto).
 * Throws a UserError where the file is damaged or nested too deeply.
 */
export async function scanOnnx(bytes: ByteSource): Promise<OnnxScan> {
  const walk: Walk = { bytes, external: new Set(), domains: new Set(), faults: new Set(), seen: 0 };
  await scanMessage(walk, { start: 0, end: bytes.size }, 'model', 0);
  for (const domain of walk.domains)
    if (!knownDomains.has(domain))
      walk.faults.add(`its nodes need the operator set "${domain}", which onnxruntime does not have`);
  return {
    externalFiles: [...walk.external].sort(),
    domains: [...walk.domains].sort(),
    faults: [...walk.faults],
  };
}

interface Walk {
  bytes: ByteSource;
  external: Set<string>;
  domains: Set<string>;
  faults: Set<string>;
  /** Messages walked. */
  seen: number;
}

/** Built into onnxruntime: the standard's, and its own (which quantised models use). */
const knownDomains = new Set(['', 'ai.onnx', 'com.microsoft']);

/** Which fields of each message lead to a tensor or a node. */
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
/** Ten times what the largest recognisers have; a walk over so many takes seconds. */
const MOST_MESSAGES = 1_000_000;

async function scanMessage(
  walk: Walk,
  { start, end }: Pick<Field, 'start' | 'end'>,
  message: Message,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) throw notOnnx('nested too deeply');
  if (++walk.seen > MOST_MESSAGES) throw notOnnx(`it has more than ${MOST_MESSAGES} nodes and tensors`);
  if (message === 'function')
    walk.faults.add('it defines functions of its own, which can unfold without end; inline them (onnx.inliner)');
  const inner: Readonly<Record<number, Message>> = messages[message];
  let domain = '';
  for await (const field of protobufFields(walk.bytes, start, end)) {
    if (!field.delimited) continue;
    const next = inner[field.number];
    if (next === 'tensor') await scanTensor(walk, field);
    else if (next !== undefined) await scanMessage(walk, field, next, depth + 1);
    else if (message === 'node' && field.number === 7) domain = await readText(walk.bytes, field);
    else if (message === 'node' && field.number === 4 && (await readText(walk.bytes, field)) === 'EPContext')
      walk.faults.add('it holds a compiled part for one device (EPContext), which could load any file');
  }
  if (message === 'node') walk.domains.add(domain);
}

/** Bytes of one element by `TensorProto.DataType`; a string takes at least its own field. */
const elementBytes = [0, 4, 1, 1, 2, 2, 4, 8, 2, 1, 2, 8, 4, 8, 8, 16, 2, 1, 1, 1, 1, 0.5, 0.5, 0.5];
/** Fields of `TensorProto` with data as numbers or strings, which may be packed. */
const typedData = new Set([4, 5, 6, 7, 10, 11]);

async function scanTensor(walk: Walk, tensor: Field): Promise<void> {
  if (++walk.seen > MOST_MESSAGES) throw notOnnx(`it has more than ${MOST_MESSAGES} nodes and tensors`);
  const { bytes } = walk;
  let elements = 1;
  let type = 0;
  let name = '';
  let raw: number | undefined;
  let typed = 0;
  let location: string | undefined;
  for await (const field of protobufFields(bytes, tensor.start, tensor.end)) {
    if (field.number === 1) elements *= await readDims(bytes, field);
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = await readText(bytes, field);
    else if (field.number === 9 && field.delimited) raw = field.end - field.start;
    else if (field.number === 13) {
      const [key, value] = await readPair(bytes, field);
      if (key === 'location') location = value;
    } else if (field.number === 14 && field.value === 1) location ??= '';
    else if (typedData.has(field.number)) typed += 1 + field.end - field.start;
  }
  if (location !== undefined) {
    walk.external.add(location);
    return;
  }
  const claimed = elements * (elementBytes[type] ?? 0);
  // A typed element takes a byte or more, except two 4-bit ones in one number.
  const short = raw === undefined ? elements > 2 * typed : claimed > raw;
  if (short)
    walk.faults.add(
      `the tensor "${name}" claims ${elements} elements, and the file holds ${raw ?? typed} bytes of them`,
    );
}

async function readDims(bytes: ByteSource, field: Field): Promise<number> {
  if (!field.delimited) return field.value;
  let product = 1;
  for (let at = field.start; at < field.end; ) {
    const [value, next] = await readVarint(bytes, at, field.end);
    product *= value;
    at = next;
  }
  return product;
}
