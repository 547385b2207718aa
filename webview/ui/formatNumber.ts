/** A fraction as an axis in percent shows it. */
export const formatPercentTick = (fraction: number): string => `${formatNumber(fraction * 100)} %`;

/** A number with three digits that count, as short as an axis needs it. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e5 || size < 1e-3)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}
