import { editKeys } from '../../shared/config/editKey.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import { experimentRules } from './experimentRules.ts';

export interface CorrectedRecipe {
  text: string;
  /** Keys that were set, with their values. */
  keys: Readonly<Record<string, string>>;
}

/** A mended key can show what another hid; a few rounds reach a recipe that stays. */
const rounds = 4;

/** Sets everything that lint knows a remedy for, comments and layout kept. The preset stays, its keys are outvoted. */
export function correctRecipe(text: string): CorrectedRecipe {
  const keys: Record<string, string> = {};
  let corrected = text;
  for (let round = 0; round < rounds; round++) {
    const problems = lintExperiment(parseExperiment(corrected, ''), '', experimentRules);
    const set = Object.assign({}, ...problems.map(({ fix }) => fix?.set)) as Record<string, string>;
    if (Object.keys(set).length === 0) break;
    Object.assign(keys, set);
    corrected = editKeys(corrected, set);
  }
  return { text: corrected, keys };
}
