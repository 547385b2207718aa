/** What the test says of the differences of paired segments. */
export interface MatchedPair {
  /** Two-sided: how likely differences as large are where neither model is better. */
  p: number;
  /** How it was got. */
  method: 'normal' | 'sign-flip';
  /** Mean difference over its standard error; 0 where the mean is 0, null where all segments differ alike. */
  z: number | null;
}

/** Below so many segments that differ the normal approximation is not to be trusted, and the exact test is as quick. */
const fewDifferent = 50;

/**
 * Matched-pair test of Gillick and Cox (1989), as in sclite's MAPSSWE, with utterances as segments: whether the mean of
 * the differences in errors is zero. From 50 segments that differ on, by the normal distribution of mean ÷ standard
 * error; below, exactly, as the share of all choices of signs of the differences whose sum is as far from zero (Fisher's
 * permutation test, by convolution, as differences are whole numbers).
 * @param differences errors after − errors before, whole numbers, one per segment; segments without a difference too
 */
export function matchedPair(differences: readonly number[]): MatchedPair {
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
  const square = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(square / Math.max(1, count - 1) / Math.max(1, count));
  const z = mean === 0 ? 0 : error === 0 ? null : mean / error;
  const different = differences.filter((value) => value !== 0);
  if (different.length < fewDifferent || z === null) return { p: signFlip(different), method: 'sign-flip', z };
  return { p: 2 * normalTail(Math.abs(z)), method: 'normal', z };
}

/** Share of all sign choices whose sum is at least as far from zero as the sum of the values. */
function signFlip(values: readonly number[]): number {
  const sizes = values.map(Math.abs);
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
  const largest = sizes.reduce((sum, size) => sum + size, 0);
  // Probability of each sum, which lies at its value plus `largest`.
  let chances = new Float64Array(2 * largest + 1);
  chances[largest] = 1;
  let reach = 0;
  for (const size of sizes) {
    const next = new Float64Array(chances.length);
    for (let sum = largest - reach; sum <= largest + reach; sum++) {
      const half = chances[sum]! / 2;
      if (half === 0) continue;
      next[sum + size]! += half;
      next[sum - size]! += half;
    }
    chances = next;
    reach += size;
  }
  let p = 0;
  for (let sum = 0; sum < chances.length; sum++) if (Math.abs(sum - largest) >= observed) p += chances[sum]!;
  return Math.min(1, p);
}

/** Chance that a standard normal value exceeds `z` ≥ 0, to a relative 1.2e-7 (Numerical Recipes, `erfcc`). */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const factors = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  return (t * Math.exp(-x * x + factors.reduce((sum, factor) => sum * t + factor, 0))) / 2;
}
