/** The values of a Praat text file, one after the other; each reader throws what `fault` explains. */
export interface PraatValues {
  number(): number;
  /** A whole number of things to come, of which each takes at least a character. */
  count(): number;
  text(): string;
  /** `exists` of `<exists>`. */
  flag(): string;
  fail(message: string): never;
  /** Where the value that was read last stands in the text. */
  place(): { from: number; to: number };
  /** Message and line, counted from 1, when the error is one of these readers'; undefined otherwise. */
  fault(error: unknown): { message: string; line: number } | undefined;
}

class PraatFault extends Error {}

type Value = { at: number } & ({ number: number } | { text: string } | { flag: string } | { open: true });

/** A quoted text in which quotes are doubled; a flag; a comment; a word, which counts when it is a number. */
const pieces = /"((?:[^"]|"")*)("?)|<([^<>\s]*)>|!.*|[^\s"]+/g;

/**
 * Free-standing numbers, quoted texts and flags of a text in Praat's formats; what stands between (names, `=`, `[1]:`,
 * comments after `!`) is passed over.
 */
export function readPraatText(text: string): PraatValues {
  const matches = text.matchAll(pieces);
  let at = 0;
  let to = 0;
  const next = (): Value | undefined => {
    for (const { 0: piece, 1: quoted, 2: closing, 3: flag, index } of matches) {
      at = index;
      to = index + piece.length;
      if (quoted !== undefined) return closing ? { at, text: quoted.replaceAll('""', '"') } : { at, open: true };
      if (flag !== undefined) return { at, flag };
      if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?%?$/.test(piece)) return { at, number: Number.parseFloat(piece) };
    }
    at = text.length;
    return undefined;
  };
  const fail = (message: string): never => {
    throw new PraatFault(message);
  };
  const take = <T>(what: string, read: (value: Value) => T | undefined): T => {
    const value = next();
    if (value && 'open' in value) return fail('a quote is opened here and never closed');
    const found = value && read(value);
    return found === undefined
      ? fail(value ? `${what} is expected here` : `the file ends where ${what} is expected`)
      : found;
  };
  const number = () => take('a number', (value) => ('number' in value ? value.number : undefined));
  return {
    number,
    count() {
      const count = number();
      return Number.isInteger(count) && count >= 0 && count <= text.length
        ? count
        : fail(`${count} is no number of items`);
    },
    text: () => take('a text in quotes', (value) => ('text' in value ? value.text : undefined)),
    flag: () => take('<exists> or <absent>', (value) => ('flag' in value ? value.flag : undefined)),
    fail,
    place: () => ({ from: at, to }),
    fault: (error) =>
      error instanceof PraatFault ? { message: error.message, line: text.slice(0, at).split('\n').length } : undefined,
  };
}
