/** A decimal number such as `-1.25e-3` in the bytes [start, end); NaN for anything else. Rounded at most in the last digit. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === minus;
  if (negative || bytes[at] === plus) at++;
  let digits = 0;
  let value = 0;
  let exponent = 0;
  for (let point = false; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === dot && !point) point = true;
    else if (byte >= zero && byte <= nine) {
      value = value * 10 + byte - zero;
      digits++;
      if (point) exponent--;
    } else break;
  }
  // More digits than a double holds exactly, or an exponent: rare, so left to the language.
  if (at < end || digits > 15) return digits === 0 ? Number.NaN : slowly(bytes, start, end);
  if (digits === 0) return Number.NaN;
  const magnitude = exponent === 0 ? value : value / 10 ** -exponent;
  return negative ? -magnitude : magnitude;
}

const [minus, plus, dot, zero, nine] = [45, 43, 46, 48, 57];

function slowly(bytes: Uint8Array, start: number, end: number): number {
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
