/** So much of a file is shown; the rest is counted. */
export const mostChunks = 300;
export const mostFields = 100;
const mostCharacters = 600;

/** Text of a file fit to be shown: control characters and those that turn the direction of writing are escaped, long ones cut. */
export function visibleText(text: string): string {
  const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}… (${text.length} characters)` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Bytes as hexadecimal, and what of them can be read. */
export function hexText(bytes: Uint8Array, most = 32): string {
  const shown = bytes.subarray(0, most);
  const hex = [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = String.fromCharCode(...shown).replace(/[^\x20-\x7e]/g, '·');
  return `${hex}${bytes.length > most ? ' …' : ''}  ${text}`;
}
