import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { applySet } from '../../shared/config/applySet.ts';
import { type ConfigKey, configKeyAt, namesIn } from '../../shared/config/configKeys.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { type ParsedExperiment, parseExperiment } from '../../shared/config/parseExperiment.ts';

/** A config with all its problems, errors and lint. Import this module on use: a bundle of its own holds the parsers of YAML and schemas. */
export function checkExperimentText(text: string, file: string): ParsedExperiment {
  const parsed = parseExperiment(text, file);
  return { ...parsed, problems: [...parsed.problems, ...lintExperiment(parsed, file, experimentRules)] };
}

/** The text with keys set, path → YAML value; comments and layout are kept. */
export function setKeys(text: string, keys: Readonly<Record<string, string>>): string {
  return Object.entries(keys).reduce((changed, [key, value]) => applySet(changed, `${key}=${value}`), text);
}

/** What may stand in the section at `path`, in the schema's order. */
export function keysIn(path: readonly (string | number)[]): ConfigKey[] {
  return namesIn(path).flatMap((name) => configKeyAt([...path, name]) ?? []);
}

/** What the schema says of a key. */
export function keyAt(path: readonly (string | number)[]): ConfigKey | undefined {
  return configKeyAt(path);
}
