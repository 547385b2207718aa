/** Thrown when a frame goes on past the bytes at hand; the caller reads more and decodes it again. */
export const outOfBytes = Symbol('outOfBytes');

/**
 * Big-endian bits from bytes. The array must have 8 spare bytes after `limit`, so that no read needs a bounds check
 * of its own; running over `limit` throws `outOfBytes`.
 */
export class BitReader {
  readonly bytes: Uint8Array;
  readonly limitBits: number;
  /** Bit position from the start of `bytes`, which hold a few megabytes at most: 32 bits suffice. */
  position: number;

  constructor(bytes: Uint8Array, offset: number, limit: number) {
    this.bytes = bytes;
    this.limitBits = limit * 8;
    this.position = offset * 8;
  }

  /** The next 32 bits, unmoved. */
  peek32(): number {
    const at = this.position >> 3;
    const shift = this.position & 7;
    const bytes = this.bytes;
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return shift === 0 ? word : (word << shift) | (bytes[at + 4]! >> (8 - shift));
  }

  /** `count` ≤ 32 bits as an unsigned number. */
  unsigned(count: number): number {
    if (count === 0) return 0;
    if (this.position + count > this.limitBits) throw outOfBytes;
    const value = this.peek32() >>> (32 - count);
    this.position += count;
    return value;
  }

  /** `count` ≤ 33 bits in two's complement. */
  signed(count: number): number {
    if (count === 0) return 0;
    if (count > 32) {
      const high = this.signed(count - 32);
      return high * 4294967296 + this.unsigned(32);
    }
    if (this.position + count > this.limitBits) throw outOfBytes;
    const value = this.peek32() >> (32 - count);
    this.position += count;
    return value;
  }

  /** Zeros up to the next one, which is taken too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      if (this.position >= this.limitBits) throw outOfBytes;
      const word = this.peek32();
      if (word !== 0) {
        const run = Math.clz32(word);
        this.position += run + 1;
        return zeros + run;
      }
      zeros += 32;
      this.position += 32;
    }
  }

  /** Rice codes with parameter `parameter` into `out[start, end)`, signed by zig-zag. */
  rice(parameter: number, out: Int32Array | Float64Array, start: number, end: number): void {
    const { bytes, limitBits } = this;
    const fastLimit = parameter === 0 ? 0 : 31 - parameter;
    let position = this.position;
    for (let i = start; i < end; i++) {
      const at = position >> 3;
      const shift = position & 7;
      const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      const word = (high << shift) | (bytes[at + 4]! >> (8 - shift));
      const run = Math.clz32(word);
      let folded: number;
      if (run < fastLimit) {
        folded = (run << parameter) | ((word << (run + 1)) >>> (32 - parameter));
        position += run + 1 + parameter;
      } else {
        this.position = position;
        const quotient = this.unary();
        folded = (quotient << parameter) | this.unsigned(parameter);
        position = this.position;
      }
      if (position > limitBits) throw outOfBytes;
      out[i] = (folded >>> 1) ^ -(folded & 1);
    }
    this.position = position;
  }

  alignToByte(): void {
    this.position = Math.ceil(this.position / 8) * 8;
  }
}
