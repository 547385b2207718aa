/** Samples [start, end). */
export interface Segment {
  start: number;
  end: number;
}

const windowSec = 0.2;
const stepSec = 0.05;

/** Cuts audio into pieces of at most `longestSec`, each cut in the quietest fifth of a second of the piece's second half. */
export function cutAtPauses(samples: Float32Array, sampleRateHz: number, longestSec: number): Segment[] {
  const longest = Math.floor(longestSec * sampleRateHz);
  const segments: Segment[] = [];
  let start = 0;
  while (samples.length - start > longest) {
    const end = start + cutPoint(samples.subarray(start, start + longest), sampleRateHz);
    segments.push({ start, end });
    start = end;
  }
  segments.push({ start, end: samples.length });
  return segments;
}

/** Where audio of the greatest length is cut: in the quietest fifth of a second of its second half. */
export function cutPoint(samples: Float32Array, sampleRateHz: number): number {
  const from = samples.length >> 1;
  const to = samples.length;
  const window = Math.max(1, Math.floor(windowSec * sampleRateHz));
  const step = Math.max(1, Math.floor(stepSec * sampleRateHz));
  let best = to - (window >> 1);
  let leastEnergy = Number.POSITIVE_INFINITY;
  for (let start = from; start + window <= to; start += step) {
    let energy = 0;
    for (let i = start; i < start + window; i++) energy += samples[i]! * samples[i]!;
    if (energy < leastEnergy) {
      leastEnergy = energy;
      best = start + (window >> 1);
    }
  }
  return best;
}
