import type { HeaderField } from '../../shared/headerChunk.ts';
import { mostFields, visibleText } from './visibleText.ts';

/** Reads values of a chunk one after the other; beyond its end a RangeError is thrown, which `decodeFields` notes. */
export interface FieldReader {
  readonly length: number;
  at: number;
  readonly left: number;
  u8(): number;
  u16(): number;
  i16(): number;
  u32(): number;
  /** As a number; sizes beyond 2^53 are not exact. */
  u64(): number;
  f32(): number;
  bytes(count: number): Uint8Array;
  /** UTF-8 where it is that, Latin-1 otherwise, up to the first NUL. */
  text(count: number): string;
  /** The same up to a NUL or the end. */
  zText(): string;
}

export function createFieldReader(bytes: Uint8Array, littleEndian: boolean): FieldReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const take = (count: number): number => {
    if (count < 0 || reader.at + count > bytes.length) throw new RangeError('the chunk ends early');
    reader.at += count;
    return reader.at - count;
  };
  const reader: FieldReader = {
    length: bytes.length,
    at: 0,
    get left() {
      return bytes.length - reader.at;
    },
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), littleEndian),
    i16: () => view.getInt16(take(2), littleEndian),
    u32: () => view.getUint32(take(4), littleEndian),
    u64() {
      const [first, second] = [reader.u32(), reader.u32()];
      return littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
    },
    f32: () => view.getFloat32(take(4), littleEndian),
    bytes(count) {
      const start = take(count);
      return bytes.subarray(start, start + count);
    },
    text: (count) => plainText(reader.bytes(count)),
    zText() {
      const end = bytes.indexOf(0, reader.at);
      const text = reader.text((end < 0 ? bytes.length : end) - reader.at);
      if (end >= 0) reader.at++;
      return text;
    },
  };
  return reader;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('windows-1252');

/** Text of unknown encoding up to its first NUL. */
export function plainText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return utf8.decode(used);
  } catch {
    return latin1.decode(used);
  }
}

export type FieldDecoder = (reader: FieldReader, add: (name: string, value: string | number) => void) => void;

/** The fields of a chunk; `note` says that it ended before them, or held more than is shown. */
export function decodeFields(
  bytes: Uint8Array,
  littleEndian: boolean,
  decode: FieldDecoder,
): { fields: HeaderField[]; note?: string } {
  const fields: HeaderField[] = [];
  const full = new Error('enough');
  const add = (name: string, value: string | number) => {
    if (fields.length === mostFields) throw full;
    fields.push({ name: visibleText(name), value: typeof value === 'number' ? numberText(value) : visibleText(value) });
  };
  try {
    decode(createFieldReader(bytes, littleEndian), add);
    return { fields };
  } catch (error) {
    if (error === full) return { fields, note: `more than ${mostFields} fields; the rest is not shown` };
    if (!(error instanceof RangeError)) throw error;
    return { fields, note: 'it ends before its last field' };
  }
}

const numberText = (value: number): string => (Number.isInteger(value) ? String(value) : String(+value.toPrecision(7)));
