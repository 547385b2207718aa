/** A protobuf message whose size is known before a byte is written, so that a model of any size is written in one pass. */
export interface Encoded {
  readonly size: number;
  /** Writes at `offset` and returns the offset behind. */
  write(target: Uint8Array, offset: number): number;
}

/** Fields one after another; with a field number, as a length-delimited submessage. */
export function message(fields: readonly Encoded[]): Encoded {
  let size = 0;
  for (const field of fields) size += field.size;
  return {
    size,
    write(target, offset) {
      let at = offset;
      for (const field of fields) at = field.write(target, at);
      return at;
    },
  };
}

export function messageField(number: number, content: Encoded): Encoded {
  const tag = number * 8 + 2;
  return {
    size: varintSize(tag) + varintSize(content.size) + content.size,
    write: (target, offset) =>
      content.write(target, writeVarint(target, writeVarint(target, offset, tag), content.size)),
  };
}

export function bytesField(number: number, bytes: Uint8Array): Encoded {
  return messageField(number, {
    size: bytes.length,
    write(target, offset) {
      target.set(bytes, offset);
      return offset + bytes.length;
    },
  });
}

export const stringField = (number: number, text: string) => bytesField(number, utf8(text));

/** int64 and enum fields; a negative number takes ten bytes. */
export function integerField(number: number, value: number): Encoded {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is not an integer that protobuf can hold exactly`);
  const tag = number * 8;
  return {
    size: varintSize(tag) + (value < 0 ? 10 : varintSize(value)),
    write(target, offset) {
      const at = writeVarint(target, offset, tag);
      return value < 0 ? writeNegative(target, at, value) : writeVarint(target, at, value);
    },
  };
}

export function floatField(number: number, value: number): Encoded {
  const tag = number * 8 + 5;
  return {
    size: varintSize(tag) + 4,
    write(target, offset) {
      const at = writeVarint(target, offset, tag);
      new DataView(target.buffer, target.byteOffset).setFloat32(at, value, true);
      return at + 4;
    },
  };
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) + 128;
  target[at++] = rest;
  return at;
}

function writeNegative(target: Uint8Array, offset: number, value: number): number {
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < 9; i++, rest >>= 7n) target[offset + i] = Number(rest & 127n) + 128;
  target[offset + 9] = Number(rest);
  return offset + 10;
}

/** UTF-8 without TextEncoder, which the pure programs do not declare. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0)!;
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return Uint8Array.from(bytes);
}
