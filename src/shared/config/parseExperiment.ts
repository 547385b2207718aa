import type { z } from 'zod';
import type { Problem } from '../problem.ts';
import { suggestName } from '../suggest.ts';
import { type ConfigKey, configKeyAt, namesIn } from './configKeys.ts';
import { findConflicts } from './conflicts.ts';
import { presets, withPreset } from './presets.ts';
import { type Experiment, experimentSchema } from './schema.ts';
import type { ConfigEntry } from './yamlEntries.ts';
import { type ConfigPath, parseYaml, type SourceRange } from './yamlSource.ts';

export interface ParsedExperiment {
  /** Absent when a problem is an error. */
  experiment?: Experiment;
  problems: Problem[];
  /** Where a key stands in the text; when it is not written, the preset it comes from, or the nearest enclosing key. */
  locate(path: ConfigPath, part?: 'key' | 'value'): SourceRange;
  /** Whether the config itself has the key, so that neither a default nor a preset gave its value. */
  isWritten(path: ConfigPath): boolean;
  /** What is written, as far as the text can be read. */
  entries(): readonly ConfigEntry[];
}

const MAX_PROBLEMS = 100;
/** Unknown keys named per section. */
const MAX_UNKNOWN = 20;

/**
 * Reads `*.asr.yaml`: YAML, preset, schema, and what keys demand of each other. `file` only names the source.
 * `sets` are changes on top (`training.epochs=3`); places stay those of the text.
 */
export function parseExperiment(text: string, file: string, sets: readonly string[] = []): ParsedExperiment {
  const source = parseYaml(text, file, sets);
  const { locate: place, entries } = source;
  if (source.problems.length > 0) return { problems: source.problems, locate: place, entries, isWritten: () => false };
  const written = source.value ?? {};
  const checked = experimentSchema.safeParse(withPreset(written));
  const problems: Problem[] = [];
  const locate: ParsedExperiment['locate'] = (path, part) =>
    place(isFromPreset(written, path) ? ['preset'] : path, part);
  const report = (
    code: string,
    path: ConfigPath,
    part: 'key' | 'value',
    message: string,
    more: Partial<Problem> = {},
  ) => {
    problems.push({ code, severity: 'error', message, file, ...locate(path, part), ...more });
  };
  if (checked.success) {
    for (const { path, others = [], message, code = 'config-value' } of findConflicts(checked.data)) {
      const blamed = [path, ...others].find((key) => valueAt(written, key) !== undefined);
      report(code, blamed ?? path, 'value', message);
    }
  } else {
    const issues = checked.error.issues;
    for (const issue of issues.slice(0, MAX_PROBLEMS)) reportIssue(issue, written, report);
    if (issues.length > MAX_PROBLEMS) {
      report('config-value', [], 'key', `and ${issues.length - MAX_PROBLEMS} more problems`);
    }
  }
  return {
    ...(checked.success && problems.length === 0 ? { experiment: checked.data } : {}),
    problems,
    locate,
    isWritten: (path) => valueAt(written, path) !== undefined,
    entries,
  };
}

/** Whether the config does not say it and its preset does. */
function isFromPreset(written: unknown, path: ConfigPath): boolean {
  const name = valueAt(written, ['preset']);
  if (typeof name !== 'string' || !Object.hasOwn(presets, name) || path.length === 0) return false;
  return valueAt(written, path) === undefined && valueAt(presets[name as keyof typeof presets], path) !== undefined;
}

type Report = (code: string, path: ConfigPath, part: 'key' | 'value', message: string, more?: Partial<Problem>) => void;

function reportIssue(issue: z.core.$ZodIssue, written: unknown, report: Report): void {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys.slice(0, MAX_UNKNOWN)) reportUnknownKey([...path, key], report);
    return;
  }
  const value = valueAt(written, path);
  const key = configKeyAt(path);
  const name = pathName(path);
  const expected = key?.expected ?? 'something else';
  if (value === undefined) {
    const message = path.length === 0 ? 'the config is empty' : `${name} is missing; expected ${expected}`;
    report('config-missing', path, 'key', message);
  } else if (value === null && key?.section) {
    report('config-value', path, 'key', `${name} is empty; remove it, or give some of its ${expected}`);
  } else {
    const format = issue.code === 'invalid_format' ? ` (${issue.message})` : fixedNote(key);
    const fix = typeof value === 'string' && key?.values ? suggestName(value, key.values) : undefined;
    report(
      'config-value',
      path,
      'value',
      `${name || 'the config'} is ${describeValue(value)}; expected ${path.length === 0 ? 'keys' : expected}${format}`,
      fix === undefined ? {} : { fix: { title: `Change to ${fix}`, replacement: fix } },
    );
  }
}

function reportUnknownKey(path: (string | number)[], report: Report): void {
  const name = String(path.at(-1));
  const section = path.slice(0, -1);
  const names = namesIn(section);
  const close = suggestName(name, names);
  const where = section.length === 0 ? '' : ` in ${pathName(section)}`;
  const hint = close ? `; did you mean "${close}"?` : `; known are ${names.join(', ')}`;
  const message = `unknown key "${name.slice(0, 80)}"${where}${hint}`;
  report('config-key', path, 'key', message, close ? { fix: { title: `Change to ${close}`, replacement: close } } : {});
}

/** `model.blocks[1].pool`, blocks counted from 0 as in the file. */
export function pathName(path: ConfigPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** A key with one possible value says why in its description. */
const fixedNote = (key: ConfigKey | undefined) =>
  key && !key.section && key.default !== undefined && key.expected === String(key.default)
    ? ` (${key.description})`
    : '';

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a set of keys';
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  return String(value);
}
