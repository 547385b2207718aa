/** How a text file is stored; `utf16` is big-endian with a byte order mark, as Praat writes it. */
export type TextEncoding = 'utf8' | 'utf16';

/** The text of a file: UTF-8, with or without a byte order mark, or UTF-16 of either order with one. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: TextEncoding } {
  const [first, second] = bytes;
  const big = first === 0xfe && second === 0xff;
  if (!big && !(first === 0xff && second === 0xfe)) return { text: new TextDecoder().decode(bytes), encoding: 'utf8' };
  const units = new Uint16Array((bytes.length - 2) >> 1);
  for (let i = 0; i < units.length; i++) {
    const [a, b] = [bytes[2 + 2 * i]!, bytes[3 + 2 * i]!];
    units[i] = big ? (a << 8) | b : (b << 8) | a;
  }
  let text = '';
  // Spread over many arguments at once, a long text would overflow the stack.
  for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.subarray(i, i + 8192));
  return { text, encoding: 'utf16' };
}

/** The bytes of a text, which `decodeText` reads back. */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === 'utf8') return new TextEncoder().encode(text);
  const bytes = new Uint8Array(2 + 2 * text.length);
  bytes.set([0xfe, 0xff]);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes.set([unit >> 8, unit & 255], 2 + 2 * i);
  }
  return bytes;
}
