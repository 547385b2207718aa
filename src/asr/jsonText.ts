/** A text as a JSON string that fits into a line: one that escapes what is not ASCII goes on doing so. */
export function jsonText(source: string, text: string): string {
  return /\\u[0-9a-f]{4}/i.test(source) && isAscii(source) ? asciiJson(text) : JSON.stringify(text);
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);
const asciiJson = (text: string) =>
  JSON.stringify(text).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
