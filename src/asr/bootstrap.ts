import { createRandom } from '../shared/random.ts';
import { addErrors, type ErrorCounts, errorRate, NO_ERRORS } from './errorRate.ts';

/**
 * 95 % interval of an error rate by the percentile bootstrap over utterances (Bisani & Ney 2004), from a fixed seed.
 * With `groups` (one speaker per utterance) whole speakers are drawn, since their errors hang together; with fewer than
 * five speakers that says nothing, and utterances are drawn.
 */
export function errorRateInterval95(
  utterances: readonly ErrorCounts[],
  groups?: readonly (string | undefined)[],
): [number, number] {
  const units = groupErrors(utterances, groups);
  if (units.length === 0) return [0, 0];
  const random = createRandom('bootstrap', utterances.length);
  const rates = new Float64Array(1000);
  for (let draw = 0; draw < rates.length; draw++) {
    let errors = 0;
    let reference = 0;
    for (let i = 0; i < units.length; i++) {
      const unit = units[random.below(units.length)]!;
      errors += unit.substitutions + unit.deletions + unit.insertions;
      reference += unit.reference;
    }
    rates[draw] = errorRate({ substitutions: errors, deletions: 0, insertions: 0, reference });
  }
  rates.sort();
  return [rates[24]!, rates[974]!];
}

function groupErrors(
  utterances: readonly ErrorCounts[],
  groups: readonly (string | undefined)[] | undefined,
): readonly ErrorCounts[] {
  if (!groups || groups.some((group) => group === undefined)) return utterances;
  const sums = new Map<string, ErrorCounts>();
  utterances.forEach((counts, i) => {
    const group = groups[i]!;
    sums.set(group, addErrors(sums.get(group) ?? NO_ERRORS, counts));
  });
  return sums.size < 5 ? utterances : [...sums.values()];
}
