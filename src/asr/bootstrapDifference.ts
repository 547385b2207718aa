import { createRandom } from '../shared/random.ts';
import { type ErrorCounts, errorRate } from './errorRate.ts';

/**
 * 95 % interval of the difference of two error rates, `after` − `before`, over the same utterances in the same order: the
 * paired percentile bootstrap (Bisani & Ney 2004), from a fixed seed. Both are drawn together, so what is hard for both
 * cancels out.
 */
export function errorRateDifference95(before: readonly ErrorCounts[], after: readonly ErrorCounts[]): [number, number] {
  if (before.length !== after.length) throw new Error('the two must be of the same utterances');
  if (before.length === 0) return [0, 0];
  const random = createRandom('bootstrap difference', before.length);
  const errorsOf = ({ substitutions, deletions, insertions }: ErrorCounts) => substitutions + deletions + insertions;
  const differences = new Float64Array(1000);
  for (let draw = 0; draw < differences.length; draw++) {
    const sums = { before: 0, after: 0, reference: 0 };
    for (let i = 0; i < before.length; i++) {
      const at = random.below(before.length);
      sums.before += errorsOf(before[at]!);
      sums.after += errorsOf(after[at]!);
      sums.reference += before[at]!.reference;
    }
    const rate = (errors: number) =>
      errorRate({ substitutions: errors, deletions: 0, insertions: 0, reference: sums.reference });
    differences[draw] = rate(sums.after) - rate(sums.before);
  }
  differences.sort();
  return [differences[24]!, differences[974]!];
}
