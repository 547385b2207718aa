/** A time of a profile, as many digits as tell neighbours apart. */
export function formatMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (Math.abs(ms) < 0.1) return `${(ms * 1000).toFixed(Math.abs(ms) < 0.01 ? 1 : 0)} µs`;
  if (Math.abs(ms) < 100) return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
  if (Math.abs(ms) < 1000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Distance of round ticks on an axis of milliseconds, at least `minGapPx` apart. */
export function tickStepMs(spanMs: number, widthPx: number, minGapPx = 80): number {
  const least = (spanMs / Math.max(1, widthPx)) * minGapPx;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least * (1 - 1e-9))!;
}
