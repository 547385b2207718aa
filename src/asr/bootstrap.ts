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
  return interval95([utterances], groups, ([rate]) => rate!);
}

/** As `errorRateInterval95`, of the second's rate − the first's: the same utterances or speakers are drawn for both. */
export function rateDifferenceInterval95(
  pairs: readonly (readonly [ErrorCounts, ErrorCounts])[],
  groups?: readonly (string | undefined)[],
): [number, number] {
  return interval95([pairs.map(([before]) => before), pairs.map(([, after]) => after)], groups, ([a, b]) => b! - a!);
}

/** Of a figure of the error rates of several systems over the same utterances. */
function interval95(
  systems: readonly (readonly ErrorCounts[])[],
  groups: readonly (string | undefined)[] | undefined,
  figure: (rates: readonly number[]) => number,
): [number, number] {
  const units = systems.map((counts) => groupErrors(counts, groups));
  const size = units[0]!.length;
  if (size === 0) return [0, 0];
  const random = createRandom('bootstrap', systems[0]!.length);
  const values = new Float64Array(1000);
  const errors = new Float64Array(systems.length);
  const reference = new Float64Array(systems.length);
  for (let draw = 0; draw < values.length; draw++) {
    errors.fill(0);
    reference.fill(0);
    for (let i = 0; i < size; i++) {
      const drawn = random.below(size);
      for (let system = 0; system < units.length; system++) {
        const unit = units[system]![drawn]!;
        errors[system]! += unit.substitutions + unit.deletions + unit.insertions;
        reference[system]! += unit.reference;
      }
    }
    const rateOf = (total: number, system: number) =>
      errorRate({ substitutions: total, deletions: 0, insertions: 0, reference: reference[system]! });
    values[draw] = figure(Array.from(errors, rateOf));
  }
  values.sort();
  return [values[24]!, values[974]!];
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
