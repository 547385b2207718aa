/** A `"key": value` of an object; offsets in its text. */
export interface JsonMember {
  key: string;
  from: number;
  valueFrom: number;
  to: number;
}

const string = /"(?:[^"\\]|\\.)*"/y;
const scalar = /[^\s,\]}]+/y;
const space = /\s*/y;

/** Members of the object that a text holds, which must be JSON; those of objects inside it are not listed. */
export function jsonMembers(text: string): JsonMember[] {
  const after = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    pattern.test(text);
    return pattern.lastIndex;
  };
  const afterValue = (at: number): number => {
    if (text[at] === '"') return after(string, at);
    if (text[at] !== '{' && text[at] !== '[') return after(scalar, at);
    let depth = 0;
    for (let i = at; ; i++) {
      if (text[i] === '"') i = after(string, i) - 1;
      else if (text[i] === '{' || text[i] === '[') depth++;
      else if ((text[i] === '}' || text[i] === ']') && --depth === 0) return i + 1;
    }
  };
  const members: JsonMember[] = [];
  let at = after(space, text.indexOf('{') + 1);
  while (text[at] !== '}') {
    const from = at;
    const keyEnd = after(string, from);
    const valueFrom = after(space, after(space, keyEnd) + 1);
    const to = afterValue(valueFrom);
    members.push({ key: JSON.parse(text.slice(from, keyEnd)) as string, from, valueFrom, to });
    at = after(space, to);
    if (text[at] === ',') at = after(space, at + 1);
  }
  return members;
}
