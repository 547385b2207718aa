import { expect, it } from 'vitest';
import { toFloat16Bits } from './float16.ts';

/** The definition of the format, the other way round. */
function fromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

it('gives back every half-precision number', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromBits(bits);
    if (!Number.isNaN(value)) expect(toFloat16Bits(value)).toBe(bits);
  }
  expect(fromBits(toFloat16Bits(Number.NaN))).toBeNaN();
});

it('rounds to the nearest, ties to even', () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = fromBits(bits);
    const high = fromBits(bits + 1);
    const middle = (low + high) / 2;
    expect(toFloat16Bits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
    expect(toFloat16Bits(low + (high - low) * 0.49)).toBe(bits);
    expect(toFloat16Bits(-(low + (high - low) * 0.51))).toBe(0x8000 + bits + 1);
  }
});

it('overflows to infinity from halfway beyond the largest number', () => {
  expect(toFloat16Bits(65519)).toBe(0x7bff);
  expect(toFloat16Bits(65520)).toBe(0x7c00);
  expect(toFloat16Bits(-1e9)).toBe(0xfc00);
});
