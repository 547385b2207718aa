/**
 * Exponential moving average, without the pull of its beginning towards zero (as Adam corrects its moments). What is
 * null stays null.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let [mean, mass] = [0, 0];
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
}
