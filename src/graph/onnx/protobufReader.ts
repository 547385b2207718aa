/** One field of a protobuf message: a number, or bytes. */
export interface ProtobufField {
  number: number;
  /** Of a varint, exact as a 64-bit two's complement; of fixed fields their bytes are given. */
  value: number;
  bytes: Uint8Array;
}

/** The fields of a message in order. Throws an Error where the bytes are no message. */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  const none = message.subarray(0, 0);
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    at = tag.next;
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number === 0) throw new Error(`field number 0 at byte ${at}`);
    if (wire === 0) {
      const { value, next } = readVarint(message, at);
      at = next;
      yield { number, value: Number(BigInt.asIntN(64, value)), bytes: none };
      continue;
    }
    let length = wire === 1 ? 8 : 4;
    if (wire === 2) {
      const size = readVarint(message, at);
      length = Number(size.value);
      at = size.next;
    } else if (wire !== 1 && wire !== 5) throw new Error(`unknown field kind ${wire} at byte ${at}`);
    if (at + length > message.length) throw new Error(`a field at byte ${at} reaches past its end`);
    yield { number, value: 0, bytes: message.subarray(at, at + length) };
    at += length;
  }
}

/** Numbers of a repeated int64 field, which stand packed or one by one. */
export function integersOf({ bytes, value }: ProtobufField): number[] {
  if (bytes.length === 0) return [value];
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value: varint, next } = readVarint(bytes, at);
    numbers.push(Number(BigInt.asIntN(64, varint)));
    at = next;
  }
  return numbers;
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; next: number } {
  let small = 0;
  // Numbers below 2²⁸, as nearly all are, without big integers.
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new Error(`a number at byte ${start} is cut off`);
    small += (byte & 127) << (7 * i);
    if (byte < 128) return { value: BigInt(small), next: start + i + 1 };
  }
  let value = BigInt(small);
  for (let i = 4; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new Error(`a number at byte ${start} is cut off`);
    value += BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, next: start + i + 1 };
  }
  throw new Error(`a number at byte ${start} is longer than 64 bits`);
}

/** UTF-8 without TextDecoder, which the pure programs do not declare; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    let good = length > 0 && at + length <= bytes.length;
    for (let i = 1; good && i < length; i++) {
      good = (bytes[at + i]! & 0xc0) === 0x80;
      code = code * 64 + (bytes[at + i]! & 63);
    }
    text += String.fromCodePoint(good && code <= 0x10ffff ? code : 0xfffd);
    at += good ? length : 1;
  }
  return text;
}
