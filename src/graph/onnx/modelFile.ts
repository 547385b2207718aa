/** What an ONNX file holds, as far as a rewriting of its graph needs it; everything else is kept as bytes. */
export interface ModelFile {
  irVersion: number;
  /** Version by domain; '' is ONNX's own. */
  opsets: ReadonlyMap<string, number>;
  producer: string;
  graph: FileGraph;
  metadata: Readonly<Record<string, string>>;
}

export interface FileGraph {
  name: string;
  nodes: readonly FileNode[];
  initializers: readonly FileTensor[];
  inputs: readonly FileValue[];
  outputs: readonly FileValue[];
}

export interface FileNode {
  name: string;
  operator: string;
  domain: string;
  /** Names of values; '' for one that is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, FileAttribute>>;
}

export type FileAttribute =
  | { kind: 'integer'; value: number }
  | { kind: 'float'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'integers'; value: readonly number[] }
  /** Written, never read. */
  | { kind: 'body'; graph: FileGraph }
  /** A whole AttributeProto: tensors, bodies, lists of floats or texts. */
  | { kind: 'other'; bytes: Uint8Array; hasBody: boolean };

export interface FileTensor {
  name: string;
  /** `TensorProto.DataType` of onnx.proto. */
  type: number;
  dims: readonly number[];
  /** Elements one after another, little-endian. */
  bytes: Uint8Array;
}

/** An input or output of the graph. */
export interface FileValue {
  name: string;
  /** Its TypeProto; none for a value whose type is left to be inferred. */
  type?: Uint8Array;
}

/** Numbers of the element types that are read or written here. */
export const fileTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

type Elements = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export function fileTensor(name: string, dims: readonly number[], data: Elements): FileTensor {
  const type =
    data instanceof Float32Array
      ? fileTypes.float32
      : data instanceof Int8Array
        ? fileTypes.int8
        : data instanceof Int32Array
          ? fileTypes.int32
          : data instanceof BigInt64Array
            ? fileTypes.int64
            : fileTypes.uint8;
  return { name, type, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** A copy, since the bytes of a file need not lie at a multiple of four. Throws for another type. */
export function floatsOf(tensor: FileTensor): Float32Array {
  if (tensor.type !== fileTypes.float32) throw new Error(`'${tensor.name}' is not of type float32`);
  return new Float32Array(new Uint8Array(tensor.bytes).buffer);
}

export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

export function integerAttribute(node: FileNode, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'integer' ? attribute.value : fallback;
}

export function integersAttribute(node: FileNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name];
  return attribute?.kind === 'integers' ? attribute.value : undefined;
}

export function textAttribute(node: FileNode, name: string, fallback: string): string {
  const attribute = node.attributes[name];
  return attribute?.kind === 'text' ? attribute.value : fallback;
}
