import * as path from 'node:path';
import { correctRecipe } from '../../asr/lint/correctRecipe.ts';
import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { type ConfigKey, configKeyAt, namesIn } from '../../shared/config/configKeys.ts';
import { editKeys, textValue } from '../../shared/config/editKey.ts';
import { keyAtOffset } from '../../shared/config/keyAtOffset.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { type ParsedExperiment, parseExperiment } from '../../shared/config/parseExperiment.ts';
import { type PresetName, presetNotes } from '../../shared/config/presets.ts';
import { type SuggestedValue, suggestedValues } from '../../shared/config/suggestedValues.ts';
import { type SweepProposal, sweepableKeys, workingProposals } from '../../shared/sweep/proposeValues.ts';

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

/**
 * Every key of a valid config with its value as JSON, defaults written out and data files made absolute; undefined when
 * it has errors. `folder` is what relative names start from.
 */
export function resolvedKeys(text: string, folder: string): Map<string, string> | undefined {
  const { experiment } = parseExperiment(text, 'experiment');
  if (!experiment) return undefined;
  const place = (file: string) => path.resolve(folder, file);
  const { data, augment } = experiment;
  const keys = new Map<string, string>();
  collect('', {
    ...experiment,
    data: { ...data, train: data.train.map(place), dev: data.dev.map(place) },
    augment: { ...augment, noise: { ...augment.noise, files: augment.noise.files.map(place) } },
  });
  return keys;

  function collect(prefix: string, value: object): void {
    for (const [name, inner] of Object.entries(value)) {
      const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      if (isSection) collect(`${prefix}${name}.`, inner);
      else if (inner !== undefined) keys.set(prefix + name, JSON.stringify(inner));
    }
  }
}

/** Keys whose values are not the same everywhere, in the order of the schema; absent ones are empty. */
export function differingKeys(configs: readonly ReadonlyMap<string, string>[]): { key: string; values: string[] }[] {
  const names = new Set(configs.flatMap((config) => [...config.keys()]));
  return [...names]
    .map((key) => ({ key, values: configs.map((config) => config.get(key) ?? '') }))
    .filter(({ values }) => new Set(values).size > 1);
}

/**
 * A config to be changed, with a new name: the text the user wrote when it still says what the run was started with,
 * comments included, else what the run itself keeps.
 */
export function duplicateConfig(
  name: string,
  kept: { text: string; folder: string },
  written: { text: string; folder: string } | undefined,
): string {
  const before = resolvedKeys(kept.text, kept.folder);
  const now = written && resolvedKeys(written.text, written.folder);
  const same = before && now && differingKeys([before, now]).length === 0;
  return setKeys(same ? written!.text : kept.text, { name: textValue(name) });
}

/** A key that can be swept over, with what it is now (as JSON) and values to try. */
export interface KeyChoice {
  key: ConfigKey;
  current: string | undefined;
  proposals(): SweepProposal[];
}

/** The keys of a config that a sweep is proposed for; `at` is an offset in the text, whose key comes first. */
export function keyChoices(text: string, folder: string, at: number | undefined): KeyChoice[] {
  const now = resolvedKeys(text, folder);
  const under = at === undefined ? '' : keyAtOffset(text, at);
  const inside = ({ path: key }: ConfigKey) => under !== '' && (key === under || key.startsWith(`${under}.`));
  return sweepableKeys()
    .sort((a, b) => Number(inside(b)) - Number(inside(a)))
    .map((key) => {
      const current = now?.get(key.path);
      return { key, current, proposals: () => workingProposals(text, key, current) };
    });
}
