/** Round numbers in [low, high], at most `most` of them; always 1, 2 or 5 times a power of ten apart. */
export function ticksIn(low: number, high: number, most: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= rough * (1 - 1e-9))!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Multiples, not sums: they do not drift.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten between 10^low and 10^high, at most `most` of them. */
export function powersIn(low: number, high: number, most: number): number[] {
  const whole = ticksIn(Math.ceil(low), Math.floor(high), most).filter(Number.isInteger);
  return whole.map((exponent) => Number(`1e${exponent}`));
}

/** Short: 1.5e-4 rather than 0.00015. */
export function tickText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size < 0.001 || size >= 1e6 ? value.toExponential() : String(value);
  return text.replace('e+', 'e').replaceAll('-', '−');
}
