/** How a text file is stored. `utf16` is big-endian with a byte order mark, as Praat writes it; `utf16le` has the other order. */
export type TextEncoding = 'utf8' | 'utf8bom' | 'utf16' | 'utf16le';

export interface DecodedText {
  text: string;
  encoding: TextEncoding;
  /** Bytes that are no text became replacement characters: encoding it again gives other bytes. */
  lossy?: true;
}

/** The text of a file: UTF-8, with or without a byte order mark, or UTF-16 of either order with one. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [first, second, third] = bytes;
  const big = first === 0xfe && second === 0xff;
  if (!big && !(first === 0xff && second === 0xfe)) {
    const encoding = first === 0xef && second === 0xbb && third === 0xbf ? 'utf8bom' : 'utf8';
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding };
    } catch {
      return { text: new TextDecoder().decode(bytes), encoding, lossy: true };
    }
  }
  const units = new Uint16Array((bytes.length - 2) >> 1);
  for (let i = 0; i < units.length; i++) {
    const [a, b] = [bytes[2 + 2 * i]!, bytes[3 + 2 * i]!];
    units[i] = big ? (a << 8) | b : (b << 8) | a;
  }
  let text = '';
  // Spread over many arguments at once, a long text would overflow the stack.
  for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.subarray(i, i + 8192));
  return { text, encoding: big ? 'utf16' : 'utf16le', ...(bytes.length % 2 ? { lossy: true } : {}) };
}

/** The bytes of a text, which `decodeText` reads back. */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === 'utf8') return new TextEncoder().encode(text);
  if (encoding === 'utf8bom') return new TextEncoder().encode(`\uFEFF${text}`);
  const bytes = new Uint8Array(2 + 2 * text.length);
  const view = new DataView(bytes.buffer);
  const little = encoding === 'utf16le';
  view.setUint16(0, 0xfeff, little);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + 2 * i, text.charCodeAt(i), little);
  return bytes;
}
