// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const space = /[ \t\r\n]*/y;

/** Offset at which a text stops being JSON (its length when it ends too early); undefined for JSON. Engines word their errors differently. */
export function findJsonFault(text: string): number | undefined {
  let at = 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  const open: ('{' | '[')[] = [];
  let expected: 'value' | 'key' | 'after' = 'value';
  for (;;) {
    skip(space);
    const next = text[at];
    const inner = open.at(-1);
    if (expected === 'after') {
      if (inner === undefined) return at === text.length ? undefined : at;
      if (next === ',') expected = inner === '{' ? 'key' : 'value';
      else if (next === (inner === '{' ? '}' : ']')) open.pop();
      else return at;
      at++;
    } else if (expected === 'key') {
      if (!skip(string)) return at;
      skip(space);
      if (text[at] !== ':') return at;
      at++;
      expected = 'value';
    } else if (next === '{' || next === '[') {
      at++;
      skip(space);
      const empty = text[at] === (next === '{' ? '}' : ']');
      if (empty) at++;
      else open.push(next);
      expected = empty ? 'after' : next === '{' ? 'key' : 'value';
    } else if (skip(string) || skip(scalar)) expected = 'after';
    else return at;
  }
}
