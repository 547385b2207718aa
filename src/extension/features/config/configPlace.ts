/** Where a position of an experiment's text is. The text may be unfinished, so this reads lines and does not parse. */
export interface ConfigPlace {
  /** Section that the position is in: names, and 0 for an item of a list. */
  section: (string | number)[];
  /** The key whose value is at the position; absent where a key stands or could stand. */
  key?: string;
  /** Letters before the position that belong to the same word. */
  prefix: string;
  /** A key may be written here. */
  atKey: boolean;
}

/** `line` and `column` count from 0. */
export function configPlaceAt(lines: readonly string[], line: number, column: number): ConfigPlace {
  const start = flowStart(lines, line);
  const before = [...lines.slice(start, line), (lines[line] ?? '').slice(0, column)].map(withoutComment).join('\n');
  const [, indent = '', dashes = '', content = ''] = /^(\s*)((?:-\s+)*)([\s\S]*)$/.exec(before) ?? [];
  const own = indent.length + dashes.length;
  const outer = blockSection(lines, start, own, dashes.length > 0 ? indent.length : own);
  const section = dashes.length > 0 ? [...outer, 0] : outer;
  return readFlow(section, content);
}

/** The line at which all brackets that are open at `line` were still closed. */
function flowStart(lines: readonly string[], line: number): number {
  let start = 0;
  let depth = 0;
  for (let i = 0; i < line; i++) {
    if (depth === 0) start = i;
    for (const character of withoutQuotes(withoutComment(lines[i]!))) {
      if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') depth = Math.max(0, depth - 1);
    }
  }
  return depth === 0 ? line : start;
}

/** Keys of the lines above that are indented less and less. `own` is the column of the text, `item` that of its dash. */
function blockSection(lines: readonly string[], line: number, own: number, item: number): (string | number)[] {
  const section: (string | number)[] = [];
  let limit = Math.min(own, item);
  let inItem = item < own;
  for (let i = line - 1; i >= 0 && (limit > 0 || inItem); i--) {
    const match = /^(\s*)(-\s+)?([\w.-]+)\s*:\s*$/.exec(withoutComment(lines[i]!));
    const opened = /^(\s*)(-\s+)([\w.-]+)\s*:/.exec(lines[i]!);
    if (opened && opened[1]!.length < limit && opened[1]!.length + opened[2]!.length === limit) {
      // A later key of the item that began on this line.
      section.unshift(0);
      limit = opened[1]!.length;
      inItem = true;
      continue;
    }
    if (!match) continue;
    const column = match[1]!.length + (match[2]?.length ?? 0);
    // The dashes of a list may stand right below its key.
    if (column > limit || (column === limit && !inItem)) continue;
    section.unshift(match[3]!);
    if (match[2]) section.unshift(0);
    limit = match[1]!.length;
    inItem = match[2] !== undefined;
  }
  return section;
}

/** Follows braces and brackets of one entry up to its end. */
function readFlow(section: readonly (string | number)[], text: string): ConfigPlace {
  const stack: { kind: '{' | '['; key: string | undefined }[] = [];
  let key: string | undefined;
  let afterColon = false;
  for (const [token] of withoutQuotes(text).matchAll(/[{}[\],]|[\w.-]+(?=\s*:(?:\s|$))|:(?=\s|$)/g)) {
    if (token === '{' || token === '[') {
      stack.push({ kind: token, key });
      key = undefined;
      afterColon = false;
    } else if (token === '}' || token === ']') {
      key = stack.pop()?.key;
      afterColon = key !== undefined;
    } else if (token === ',') {
      key = undefined;
      afterColon = false;
    } else if (token === ':') afterColon = true;
    else key = token;
  }
  const path = [...section];
  for (const { kind, key: name } of stack)
    path.push(...(name === undefined ? [] : [name]), ...(kind === '[' ? [0] : []));
  const prefix = /[\w.-]*$/.exec(text)![0];
  // Items of a list of values belong to the list's key.
  const list = stack.at(-1)?.kind === '[' && !afterColon;
  if (list) {
    path.pop();
    key = path.pop() as string | undefined;
  }
  const atValue = afterColon || list;
  return { section: path, prefix, atKey: !atValue, ...(atValue && key !== undefined ? { key } : {}) };
}

const withoutComment = (line: string): string => line.replace(/(^|\s)#.*$/, '$1');
/** Brackets inside quotes are text; the length stays. */
const withoutQuotes = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
