import type { Histogram } from '../../shared/datasetFacts.ts';

export type Bins = Pick<Histogram, 'from' | 'width'> & { bins: number };

const mostBins = 24;

/** Round bins for values; one value in two hundred may lie above them, so that a stray one does not flatten the rest. */
export function planBins(values: ArrayLike<number>, mostlyPositive = true): Bins {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { from: 0, width: 1, bins: 1 };
  const high = sorted[Math.ceil(0.995 * sorted.length) - 1]!;
  const low = mostlyPositive ? 0 : sorted[Math.floor(0.005 * sorted.length)]!;
  const width = roundWidth(Math.max(high - low, Number.MIN_VALUE) / mostBins);
  const from = Math.floor(low / width) * width;
  return { from, width, bins: Math.max(1, Math.floor((high - from) / width + 1e-9) + 1) };
}

export function countInBins(values: Iterable<number>, { from, width, bins }: Bins): Histogram {
  const counts = new Array<number>(bins).fill(0);
  let above = 0;
  for (const value of values) {
    const bin = binOf(value, from, width);
    if (bin >= bins) above++;
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  return { from, width, counts, above };
}

/** What a bin holds: from its lower end up to, not including, its upper one; the last is open, and so is one below 0. */
export function binRange({ from, width, counts }: Histogram, bin: number): { from: number; to: number } {
  return {
    from: bin === 0 ? Number.NEGATIVE_INFINITY : edge(from, width, bin),
    to: bin === counts.length - 1 ? Number.POSITIVE_INFINITY : edge(from, width, bin + 1),
  };
}

/** The same rounding on both sides of an edge, so that a value listed for a bin is one that was counted there. */
const binOf = (value: number, from: number, width: number): number => {
  const near = Math.floor((value - from) / width);
  return value >= edge(from, width, near + 1) ? near + 1 : value < edge(from, width, near) ? near - 1 : near;
};

export const edge = (from: number, width: number, bin: number): number => Number((from + bin * width).toPrecision(12));

/** 1, 2 or 5 times a power of ten. */
function roundWidth(width: number): number {
  if (!(width > 1e-9)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 5, 10].find((each) => each * power >= width * (1 - 1e-9))!;
  return Number((factor * power).toPrecision(12));
}
