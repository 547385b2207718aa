import type { ByteSource } from '../dsp/byteSource.ts';
import { UserError } from '../shared/problem.ts';

export interface Field {
  number: number;
  /** Of a varint field. */
  value: number;
  /** Bytes [start, end) of a length-delimited field. */
  start: number;
  end: number;
  delimited: boolean;
}

/** The fields of one protobuf message, bytes [start, end). Throws a UserError where they are damaged. */
export async function* protobufFields(bytes: ByteSource, start: number, end: number): AsyncGenerator<Field> {
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

/** A number of up to 64 bits and where it ends; beyond 2^53 it is rounded. */
export async function readVarint(bytes: ByteSource, at: number, end: number): Promise<[number, number]> {
  const part = await bytes.read(at, Math.min(10, end - at));
  let value = 0;
  for (let i = 0; i < part.length; i++) {
    value += (part[i]! & 127) * 2 ** (7 * i);
    if (part[i]! < 128) return [value, at + i + 1];
  }
  throw notOnnx(`a number at byte ${at} is damaged`);
}

const LONGEST_TEXT = 1 << 20;

export async function readText(bytes: ByteSource, { start, end, delimited }: Field): Promise<string> {
  if (!delimited) throw notOnnx('a name is damaged');
  if (end - start > LONGEST_TEXT)
    throw notOnnx(`a name or a property takes ${((end - start) / 1e6).toFixed(1)} MB; at most 1 MB is read`);
  return new TextDecoder().decode(await bytes.read(start, end - start));
}

/** `StringStringEntryProto`. */
export async function readPair(bytes: ByteSource, entry: Field): Promise<[string, string]> {
  const pair: [string, string] = ['', ''];
  for await (const field of protobufFields(bytes, entry.start, entry.end)) {
    if (field.number === 1) pair[0] = await readText(bytes, field);
    else if (field.number === 2) pair[1] = await readText(bytes, field);
  }
  return pair;
}

export const notOnnx = (reason: string) => new UserError(`not a readable ONNX file: ${reason}`);
