import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Problem } from '../problem.ts';
import { setKey } from './applySet.ts';
import { type ConfigEntry, readEntries } from './yamlEntries.ts';

export type ConfigPath = readonly (string | number)[];
export type SourceRange = Required<Pick<Problem, 'line' | 'column' | 'endLine' | 'endColumn'>>;

/** A YAML text as plain data, with the way back from a path to its place. */
export interface YamlSource {
  /** Undefined when there are problems. */
  value: unknown;
  problems: Problem[];
  /** Where a value (or its key) stands; the nearest enclosing key when it is not written. */
  locate(path: ConfigPath, part?: 'key' | 'value'): SourceRange;
  /** What is written, as far as the text can be read. */
  entries(): readonly ConfigEntry[];
}

export const MAX_CONFIG_CHARACTERS = 64 * 1024;
const MAX_ALIASES = 100;
const MAX_DEPTH = 200;
const MAX_MESSAGE = 200;
/** Commas, colons and line breaks; a config of 500 lines has about 2000. More take the parser too long. */
const MAX_SEPARATORS = 8000;

/** YAML 1.2 core schema, one document; no custom tags, no alias bombs. `sets` are changes on top, `key=value`. */
export function parseYaml(text: string, file: string, sets: readonly string[] = []): YamlSource {
  const lines = new LineCounter();
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problems: Problem[] = [];
  const refusal = refuse(source);
  if (refusal) {
    const { code, message, line, column } = refusal;
    const place: SourceRange = { line, column, endLine: line, endColumn: column };
    problems.push({ code, severity: 'error', message, file, ...place });
    return { value: undefined, problems, locate: () => place, entries: () => [] };
  }
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    // Checked below: the library compares every key with every other.
    uniqueKeys: false,
  });
  const rangeOf = (from: number, to: number): SourceRange => {
    const a = lines.linePos(from);
    const b = lines.linePos(Math.max(from, to));
    return {
      line: Math.max(1, a.line),
      column: Math.max(1, a.col),
      endLine: Math.max(1, b.line),
      endColumn: Math.max(1, b.col),
    };
  };
  for (const error of [...document.errors, ...document.warnings].slice(0, 20)) {
    const message = describeYamlError(error);
    problems.push({ code: 'yaml', severity: 'error', message, file, ...rangeOf(error.pos[0], error.pos[1]) });
  }
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    const message = `YAML ${document.directives.yaml.version} reads some words differently; remove the %YAML line`;
    problems.push({ code: 'yaml', severity: 'error', message, file, ...rangeOf(0, 0) });
  }
  if (problems.length === 0) for (const assignment of sets) setKey(document, assignment);
  const locate = (path: ConfigPath, part: 'key' | 'value' = 'value') => {
    const [from, to] = findRange(document, path, part);
    return rangeOf(from, to);
  };
  const value = problems.length === 0 ? plainValue(document, problems, file, rangeOf) : undefined;
  return { value, problems, locate, entries: () => readEntries(document, rangeOf) };
}

interface Refusal {
  code: string;
  message: string;
  line: number;
  column: number;
}

/** What is not given to the parser, which would take long or recurse deeply: no config comes near these bounds. */
function refuse(source: string): Refusal | undefined {
  const at = (offset: number, code: string, message: string): Refusal => {
    const before = source.slice(0, offset).split('\n');
    return { code, message, line: before.length, column: before.at(-1)!.length + 1 };
  };
  if (source.length > MAX_CONFIG_CHARACTERS)
    return at(
      0,
      'config-size',
      `the file has ${source.length} characters; a config has at most ${MAX_CONFIG_CHARACTERS}`,
    );
  const nul = source.indexOf('\0');
  if (nul >= 0) return at(nul, 'yaml', 'not UTF-8 text: it holds NUL characters; save it as UTF-8');
  let depth = 0;
  let separators = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source[i]!;
    if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && depth > 0) depth--;
    else if (character === ',' || character === ':' || character === '\n') separators++;
    if (depth > MAX_DEPTH) return at(i, 'yaml', 'nested too deeply');
    if (separators > MAX_SEPARATORS) return at(i, 'config-size', 'too many keys and values for a config');
  }
  const dashes = /(?:[-?:][ \t]+){64}/.exec(source);
  return dashes ? at(dashes.index, 'yaml', 'nested too deeply') : undefined;
}

function plainValue(
  document: Document,
  problems: Problem[],
  file: string,
  rangeOf: (from: number, to: number) => SourceRange,
): unknown {
  const report = (node: Node, message: string) => {
    if (problems.length >= 20) return;
    const [from, to] = span(node) ?? [0, 0];
    problems.push({ code: 'yaml', severity: 'error', message, file, ...rangeOf(from, to) });
  };
  const aliases: Alias[] = [];
  visit(document, {
    Alias: (_, alias) => {
      aliases.push(alias);
    },
    Map: (_, map) => {
      reportTwins(map, report);
      if (map.tag !== undefined) report(map, describeTag);
    },
    Value: (_, node) => {
      if (node.tag !== undefined) report(node, describeTag);
    },
  });
  if (aliases.length > MAX_ALIASES) report(aliases[MAX_ALIASES]!, `more than ${MAX_ALIASES} aliases`);
  else {
    for (const alias of aliases) {
      if (!alias.resolve(document)) report(alias, `no anchor "&${alias.source}" before this alias`);
    }
  }
  if (problems.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = 'the aliases of this file unfold to too much';
    problems.push({ code: 'yaml', severity: 'error', message, file, ...rangeOf(0, 0) });
    return undefined;
  }
}

const describeTag = 'tags ("!name") have no meaning in a config';

function reportTwins(map: YAMLMap, report: (node: Node, message: string) => void): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(String(key.value))) report(key, 'this key stands twice');
    seen.add(String(key.value));
  }
}

function describeYamlError(error: YAMLError): string {
  switch (error.code) {
    case 'RESOURCE_EXHAUSTION':
      return 'nested too deeply';
    case 'MULTIPLE_DOCS':
      return 'a config is one YAML document; remove everything from the second "---" on';
    case 'TAB_AS_INDENT':
      return 'YAML is indented with spaces, not tabs';
    case 'TAG_RESOLVE_FAILED':
      return describeTag;
    default:
      // Some quote the rest of the file.
      return error.message.length > MAX_MESSAGE ? `${error.message.slice(0, MAX_MESSAGE)}…` : error.message;
  }
}

/** Offsets of the value or key at a path; of the last key on the way when the path is not written out. */
function findRange(document: Document, path: ConfigPath, part: 'key' | 'value'): [number, number] {
  let node: Node | null = document.contents as Node | null;
  let range: [number, number] = [node?.range?.[0] ?? 0, node?.range?.[0] ?? 0];
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (node && isAlias(node)) node = node.resolve(document) ?? null;
    if (node && isMap(node)) {
      const pair = (node.items as Pair<Node, Node | null>[]).find(
        (item) => isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (!pair) return range;
      range = span(pair.key) ?? range;
      if (last && part === 'value' && pair.value) range = span(pair.value) ?? range;
      node = pair.value;
    } else if (node && isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      const place = item && span(item);
      if (!place) return range;
      range = last || !isCollection(item) ? place : [place[0], place[0] + 1];
      node = item;
    } else return range;
  }
  return range;
}

/** Undefined for what `sets` put there. */
const span = ({ range }: Node): [number, number] | undefined => (range ? [range[0], range[1]] : undefined);
