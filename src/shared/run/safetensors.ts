/** One named tensor of a safetensors file; only float32 and int32 are written. */
export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

export interface TensorInfo {
  name: string;
  dtype: string;
  shape: number[];
  /** Bytes of the data, counted from the start of the file. */
  start: number;
  end: number;
}

export interface SafetensorsHeader {
  tensors: TensorInfo[];
  metadata: Record<string, string>;
}

const headerLimit = 100_000_000;
const elementBytes: Record<string, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/**
 * The file as pieces to be written one after another, so that no second copy of the weights is made.
 * Format: https://github.com/huggingface/safetensors#format. The header is padded so that data begins at a multiple of 8.
 */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Record<string, string>): Uint8Array[] {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return [head, ...tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** Length of header and length prefix together, from the first 8 bytes; throws when they cannot begin such a file. */
export function safetensorsHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw new Error('not a safetensors file: shorter than 8 bytes');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(headerLimit)) throw new Error('not a safetensors file: header longer than 100 MB');
  return 8 + Number(length);
}

/** Reads the header and checks that the tensors fill `fileSize` exactly, without gap or overlap. */
export function parseSafetensorsHeader(bytes: Uint8Array, fileSize: number): SafetensorsHeader {
  const headerEnd = safetensorsHeaderLength(bytes);
  if (headerEnd > bytes.length) throw new Error('not a safetensors file: header cut off');
  const json = parseJson(bytes.subarray(8, headerEnd));
  if (typeof json !== 'object' || json === null) throw new Error('not a safetensors file: header is not an object');
  const tensors: TensorInfo[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json as Record<string, unknown>)) {
    if (name === '__metadata__') metadata = value as Record<string, string>;
    else tensors.push(parseTensorInfo(name, value, headerEnd));
  }
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  let position = headerEnd;
  for (const tensor of tensors) {
    if (tensor.start !== position) throw new Error(`safetensors: gap or overlap before tensor "${tensor.name}"`);
    position = tensor.end;
  }
  if (position !== fileSize) throw new Error(`safetensors: ${fileSize} bytes, expected ${position}`);
  return { tensors, metadata };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('not a safetensors file: header is not JSON');
  }
}

function parseTensorInfo(name: string, value: unknown, headerEnd: number): TensorInfo {
  const info = value as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const shape = info?.shape;
  const offsets = info?.data_offsets;
  const size = typeof info?.dtype === 'string' ? elementBytes[info.dtype] : undefined;
  const natural = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (size === undefined || !natural(shape) || !natural(offsets) || offsets.length !== 2)
    throw new Error(`safetensors: bad entry for tensor "${name}"`);
  const bytes = shape.reduce((product, n) => product * n, 1) * size;
  if (offsets[1]! - offsets[0]! !== bytes)
    throw new Error(`safetensors: size of tensor "${name}" is not that of its shape`);
  return { name, dtype: info.dtype as string, shape, start: headerEnd + offsets[0]!, end: headerEnd + offsets[1]! };
}

/** Tensors of a whole file in memory; float32 and int32 only. Data is copied, so alignment does not matter. */
export function decodeSafetensors(bytes: Uint8Array): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  const { tensors, metadata } = parseSafetensorsHeader(bytes, bytes.length);
  return {
    metadata,
    tensors: tensors.map(({ name, dtype, shape, start, end }) => {
      // Of the base class: Buffer's own slice is a view, whose buffer is the whole file.
      const copy = Uint8Array.prototype.slice.call(bytes, start, end).buffer;
      if (dtype !== 'F32' && dtype !== 'I32') throw new Error(`safetensors: tensor "${name}" has type ${dtype}`);
      return { name, shape, data: dtype === 'F32' ? new Float32Array(copy) : new Int32Array(copy) };
    }),
  };
}
