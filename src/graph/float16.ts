/** Bits of the nearest IEEE 754 half-precision number, ties to even, overflow to infinity. */
export function toFloat16Bits(value: number): number {
  const scratch = new DataView(new ArrayBuffer(4));
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const mantissa = bits & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  if (exponent > 15) return sign | 0x7c00;
  // A rounding carry out of the mantissa raises the exponent by itself, in the layout of the bits.
  if (exponent >= -14) return sign | roundShift(((exponent + 15) << 23) | mantissa, 13);
  if (exponent < -25) return sign;
  return sign | roundShift(0x800000 | mantissa, -exponent - 1);
}

function roundShift(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits - kept * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept;
}
