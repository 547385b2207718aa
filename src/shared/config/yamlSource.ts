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

export type ConfigPath = readonly (string | number)[];
export type SourceRange = Required<Pick<Problem, 'line' | 'column' | 'endLine' | 'endColumn'>>;

/** A YAML text as plain data, with the way back from a path to its place. */
export interface YamlSource {
  /** Undefined when there are problems. */
  value: unknown;
  problems: Problem[];
  /** Where a value (or its key) stands; the nearest enclosing key when it is not written. */
  locate(path: ConfigPath, part?: 'key' | 'value'): SourceRange;
}

export const MAX_CONFIG_CHARACTERS = 64 * 1024;
const MAX_ALIASES = 100;
const MAX_DEPTH = 200;
const MAX_MESSAGE = 200;

/** YAML 1.2 core schema, one document; no custom tags, no alias bombs. `sets` are changes on top, `key=value`. */
export function parseYaml(text: string, file: string, sets: readonly string[] = []): YamlSource {
  const lines = new LineCounter();
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problems: Problem[] = [];
  const start: SourceRange = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  if (source.length > MAX_CONFIG_CHARACTERS) {
    const message = `the file has ${source.length} characters; a config has at most ${MAX_CONFIG_CHARACTERS}`;
    problems.push({ code: 'config-size', severity: 'error', message, file, ...start });
    return { value: undefined, problems, locate: () => start };
  }
  const refusal = source.includes('\0')
    ? 'not UTF-8 text: it holds NUL characters; save it as UTF-8'
    : nestsTooDeeply(source)
      ? 'nested too deeply'
      : undefined;
  if (refusal !== undefined) {
    problems.push({ code: 'yaml', severity: 'error', message: refusal, file, ...start });
    return { value: undefined, problems, locate: () => start };
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
    problems.push({ code: 'yaml', severity: 'error', message, file, ...start });
  }
  if (problems.length === 0) for (const assignment of sets) setKey(document, assignment);
  const locate = (path: ConfigPath, part: 'key' | 'value' = 'value') => {
    const [from, to] = findRange(document, path, part);
    return rangeOf(from, to);
  };
  const value = problems.length === 0 ? plainValue(document, problems, file, rangeOf) : undefined;
  return { value, problems, locate };
}

/** A bound from the brackets and dashes alone, since the parser recurses: no config comes near it. */
function nestsTooDeeply(source: string): boolean {
  let depth = 0;
  for (const character of source) {
    if (character === '[' || character === '{') depth++;
    else if ((character === ']' || character === '}') && depth > 0) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return /(?:[-?:][ \t]+){64}/.test(source);
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
