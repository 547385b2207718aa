import { correctRecipe } from '../../asr/lint/correctRecipe.ts';
import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { type ConfigKey, configKeyAt, namesIn } from '../../shared/config/configKeys.ts';
import { editKeys } from '../../shared/config/editKey.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { type ParsedExperiment, parseExperiment } from '../../shared/config/parseExperiment.ts';
import { type PresetName, presetNotes } from '../../shared/config/presets.ts';
import { type SuggestedValue, suggestedValues } from '../../shared/config/suggestedValues.ts';

/** Texts that several features ask about at once, after each change. */
const recent = new Map<string, ParsedExperiment>();
const kept = 8;

/** A config with all its problems, errors and lint. Import this module on use: a bundle of its own holds the parsers of YAML and schemas. */
export function checkExperimentText(text: string, file: string): ParsedExperiment {
  const key = `${file}\0${text}`;
  const known = recent.get(key);
  if (known) return known;
  const parsed = parseExperiment(text, file);
  const checked = { ...parsed, problems: [...parsed.problems, ...lintExperiment(parsed, file, experimentRules)] };
  if (recent.size >= kept) recent.delete(recent.keys().next().value!);
  recent.set(key, checked);
  return checked;
}

/** The text with keys set, path → YAML value; comments and layout are kept. */
export const setKeys: (text: string, keys: Readonly<Record<string, string>>) => string = editKeys;

/** The text with every remedy that lint knows, and the keys it sets. */
export const correctText: typeof correctRecipe = correctRecipe;

/** What may stand in the section at `path`, in the schema's order. */
export function keysIn(path: readonly (string | number)[]): ConfigKey[] {
  return namesIn(path).flatMap((name) => configKeyAt([...path, name]) ?? []);
}

/** What the schema says of a key. */
export function keyAt(path: readonly (string | number)[]): ConfigKey | undefined {
  return configKeyAt(path);
}

/** Values that are worth trying at a key, each with its reason; the first is the usual one. */
export function valuesFor({ path, values = [] }: ConfigKey): readonly SuggestedValue[] {
  if (path === 'preset') return values.map((value) => ({ value, reason: presetNotes[value as PresetName] }));
  return suggestedValues[path] ?? [];
}
