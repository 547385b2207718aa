import type { Problem } from '../../shared/problem.ts';

/** What only the samples tell: silence, clipping, a constant offset. Samples are mono, −1..1; not-finite ones are the reader's to refuse. */
export function checkSamples(samples: Float32Array): Pick<Problem, 'code' | 'severity' | 'message'>[] {
  let peak = 0;
  let sum = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    peak = Math.max(peak, Math.abs(value));
    sum += value;
  }
  const found: Pick<Problem, 'code' | 'severity' | 'message'>[] = [];
  if (peak < 10 ** (-60 / 20)) {
    const level = peak === 0 ? 'digital silence' : `its peak is ${(20 * Math.log10(peak)).toFixed(0)} dB`;
    found.push({ code: 'silent', severity: 'warning', message: `silent: ${level}` });
    return found;
  }
  const clipped = clippedShare(samples, peak);
  if (clipped > 0.001) {
    found.push({
      code: 'clipped',
      severity: 'warning',
      message: `clipped: ${(100 * clipped).toFixed(1)} % of the samples stand at the limit`,
    });
  }
  const offset = sum / Math.max(1, samples.length);
  if (Math.abs(offset) > 0.05) {
    found.push({
      code: 'dc-offset',
      severity: 'warning',
      message: `a constant offset of ${offset.toFixed(2)} of full scale`,
    });
  }
  return found;
}

/** Share of samples in runs of at least three at full scale. */
function clippedShare(samples: Float32Array, peak: number): number {
  if (peak < 0.98) return 0;
  let clipped = 0;
  let run = 0;
  for (let i = 0; i <= samples.length; i++) {
    if (i < samples.length && Math.abs(samples[i]!) >= peak - 2 ** -14) run++;
    else {
      if (run >= 3) clipped += run;
      run = 0;
    }
  }
  return clipped / samples.length;
}
