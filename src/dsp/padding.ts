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
 * Throws RangeError where the part lacks a sample that is needed.
 */
export function fillPadded(target: Float32Array, part: ClipPart, position: number, count: number, padMode: PadMode) {
  const { samples, firstSample, totalSamples } = part;
  const from = Math.min(Math.max(position, 0), position + count);
  const to = Math.max(from, Math.min(position + count, totalSamples));
  const partEnd = firstSample + samples.length;
  const need = (start: number, end: number) => {
    if (start < firstSample || end > partEnd)
      throw new RangeError(`Samples ${start} to ${end} are needed, ${firstSample} to ${partEnd} are here.`);
  };
  if (to > from) {
    need(from, to);
    target.set(samples.subarray(from - firstSample, to - firstSample), from - position);
  }
  const edge = (start: number, end: number) => {
    if (padMode === 'constant' || totalSamples === 0) return target.fill(0, start - position, end - position);
    for (let p = start; p < end; p++) {
      const mirrored = mirror(p, totalSamples);
      need(mirrored, mirrored + 1);
      target[p - position] = samples[mirrored - firstSample]!;
    }
    return target;
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
