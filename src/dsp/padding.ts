export type PadMode = 'constant' | 'reflect';

/** Part of a clip: `samples[0]` is sample `firstSample` of a clip of `totalSamples`. */
export interface ClipPart {
  samples: Float32Array;
  firstSample: number;
  totalSamples: number;
}

/**
 * Copies samples [position, position + count) of the clip into `target`, continuing it on both sides
 * by zeros or by mirroring without repeating the edge, as numpy.pad(mode='reflect'), also where the clip is shorter than the padding.
 */
export function fillPadded(target: Float32Array, part: ClipPart, position: number, count: number, padMode: PadMode) {
  const { samples, firstSample, totalSamples } = part;
  const from = Math.min(Math.max(position, 0), position + count);
  const to = Math.max(from, Math.min(position + count, totalSamples));
  if (to > from) target.set(samples.subarray(from - firstSample, to - firstSample), from - position);
  const edge = (start: number, end: number) => {
    for (let p = start; p < end; p++) {
      const mirrored = padMode === 'reflect' && totalSamples > 0 ? mirror(p, totalSamples) - firstSample : -1;
      target[p - position] = mirrored < 0 ? 0 : samples[mirrored]!;
    }
  };
  edge(position, from);
  edge(to, position + count);
}

function mirror(position: number, total: number): number {
  if (total === 1) return 0;
  const period = 2 * (total - 1);
  const phase = ((position % period) + period) % period;
  return phase < total ? phase : period - phase;
}
