import {
  type Document,
  isAlias,
  isMap,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { applySet } from './applySet.ts';

/**
 * The text with one key set as a person would do it: only the value changes, or one entry is added where its section
 * ends; every other character stays. `path` is dotted, `value` YAML on one line. What cannot be written so (the key
 * is behind an alias, say) is written by `applySet`, which may lay out the file anew.
 */
export function editKey(text: string, path: string, value: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const steps = path.split('.');
  const wanted = applySet(text, `${path}=${value}`);
  const edited = placeEdit(text, document, steps, value);
  return edited !== undefined && meansTheSame(edited, wanted) ? edited : wanted;
}

/** A text as a value of YAML, quoted only where it must be. */
export const textValue = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd();

/** Several keys, one after another. */
export const editKeys = (text: string, keys: Readonly<Record<string, string>>): string =>
  Object.entries(keys).reduce((changed, [path, value]) => editKey(changed, path, value), text);

function placeEdit(text: string, document: Document, steps: readonly string[], value: string): string | undefined {
  let node = document.contents as Node | null;
  let colon = 0;
  if (node === null) return appendLines(text, nest(steps, value, 0));
  for (const [depth, step] of steps.entries()) {
    if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      if (node === null) return undefined;
      continue;
    }
    if (!isMap(node)) return undefined;
    const pair = pairOf(node, step);
    if (!pair) return addTo(text, node, steps.slice(depth), value);
    if (isAlias(pair.value)) return undefined;
    if (isEmptyValue(pair)) return fillEmpty(text, pair, steps.slice(depth + 1), value);
    node = pair.value as Node;
    colon = text.indexOf(':', pair.key.range![1]) + 1;
  }
  const [from, to] = node?.range ?? [0, 0];
  if (!(isMap(node) || isSeq(node)) || node.flow) return text.slice(0, from) + value + text.slice(to);
  // What stood on lines of its own moves behind its key.
  return `${text.slice(0, colon)} ${value}${text.slice(from + text.slice(from, to).trimEnd().length)}`;
}

const pairOf = (map: YAMLMap, step: string) =>
  (map.items as Pair<Node, Node | null>[]).find(({ key }) => 'value' in key && String(key.value) === step);

/** `key:` with nothing behind it. */
const isEmptyValue = ({ value }: Pair<Node, Node | null>): boolean =>
  value === null || (value.range?.[0] === value.range?.[1] && !value.anchor && !value.tag);

function fillEmpty(text: string, { key }: Pair<Node, Node | null>, steps: readonly string[], value: string) {
  const end = text.indexOf(':', key.range![1]) + 1;
  if (steps.length === 0) return `${text.slice(0, end)} ${value}${text.slice(end)}`;
  const line = lineEnd(text, end);
  const column = columnOf(text, key.range![0]);
  return `${text.slice(0, line)}${breakOf(text)}${nest(steps, value, column + 2, breakOf(text))}${text.slice(line)}`;
}

/** One more entry at the end of a section. */
function addTo(text: string, map: YAMLMap, steps: readonly string[], value: string): string | undefined {
  const last = (map.items as Pair<Node, Node | null>[]).at(-1);
  if (map.flow) {
    const entry = flow(steps, value);
    if (!last) return `${text.slice(0, map.range![0])}{ ${entry} }${text.slice(map.range![1])}`;
    const end = (last.value?.range ?? last.key.range)![1];
    return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
  }
  if (!last) return undefined;
  const column = columnOf(text, (map.items[0] as Pair<Node, unknown>).key.range![0]);
  const end = (last.value?.range ?? last.key.range)![1];
  // A block value ends at the start of the line after it.
  const after = end > 0 && text[end - 1] === '\n' ? end - 1 - (text[end - 2] === '\r' ? 1 : 0) : lineEnd(text, end);
  return `${text.slice(0, after)}${breakOf(text)}${nest(steps, value, column, breakOf(text))}${text.slice(after)}`;
}

/** `a: { b: 1 }`, as it stands inside braces. */
const flow = ([first, ...rest]: readonly string[], value: string): string =>
  rest.length === 0 ? `${first}: ${value}` : `${first}: { ${flow(rest, value)} }`;

/** The same on lines of their own. */
function nest([first, ...rest]: readonly string[], value: string, column: number, lineBreak = '\n'): string {
  const start = `${' '.repeat(column)}${first}:`;
  return rest.length === 0 ? `${start} ${value}` : `${start}${lineBreak}${nest(rest, value, column + 2, lineBreak)}`;
}

function appendLines(text: string, lines: string): string {
  const gap = text === '' || text.endsWith('\n') ? '' : breakOf(text);
  return `${text}${gap}${lines}${breakOf(text)}`;
}

const breakOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

/** Both read as the same data. */
function meansTheSame(a: string, b: string): boolean {
  const read = (text: string) => {
    const document = parseDocument(text);
    return document.errors.length > 0 ? undefined : JSON.stringify(document.toJS({ maxAliasCount: 100 }));
  };
  const first = read(a);
  return first !== undefined && first === read(b);
}
