import { UserError } from '../problem.ts';
import { createRandom } from '../random.ts';
import { type SweepKey, valueAt } from './sweepKeys.ts';

/** The values of one trial as YAML, one for each key of the sweep. */
export type TrialValues = string[];

export const trialLimit = 200;

/** Every combination, the last key changing fastest. */
export function planGrid(keys: readonly SweepKey[]): TrialValues[] {
  const lists = keys.map((key) => {
    if ('values' in key) return key.values;
    const { count } = key;
    if (count === undefined)
      throw new UserError(
        `--key ${key.key}: a grid needs the number of values, ${key.key}=${key.low}..${key.high}/5; or draw them with --random N`,
      );
    return [...new Set(Array.from({ length: count }, (_, i) => valueAt(key, i / (count - 1))))];
  });
  const trials = lists.reduce((product, list) => product * list.length, 1);
  if (trials > trialLimit)
    throw new UserError(`a grid of ${trials} trials is more than ${trialLimit}; draw some of them with --random N`);
  return lists.reduce<TrialValues[]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}

/**
 * Independent draws (Bergstra & Bengio 2012), the same for the same seed; no combination twice, so there are fewer where
 * the keys have fewer. Trial n does not depend on how many there are.
 */
export function planRandom(keys: readonly SweepKey[], trials: number, seed: number): TrialValues[] {
  const rows: TrialValues[] = [];
  const seen = new Set<string>();
  for (let draw = 0; rows.length < trials && draw < 50 * trials; draw++) {
    const row = keys.map((key) => {
      const random = createRandom(seed, 'sweep', key.key, draw);
      if ('values' in key) return key.values[random.below(key.values.length)]!;
      const { count } = key;
      return valueAt(key, count === undefined ? random.next() : random.below(count) / (count - 1));
    });
    if (seen.has(row.join('\n'))) continue;
    seen.add(row.join('\n'));
    rows.push(row);
  }
  return rows;
}
