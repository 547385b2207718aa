import type { Problem } from '../shared/problem.ts';
import { audioWarning } from './audioError.ts';

/** Level of a recording over time, coarse, for its beginning and end. */
export interface EdgeMeter {
  /** The next samples, in order. */
  add(samples: Float32Array): void;
  /** Seconds before the first and after the last sound; undefined where all is silent. */
  edges(): { leadSec: number; tailSec: number } | undefined;
  problem(): Problem | undefined;
}

const blockSec = 0.02;
/** Sound is what comes within this of the loudest block, and above a level that no microphone's noise reaches. */
const belowPeak = 10 ** (-45 / 20);
const silence = 10 ** (-60 / 20);
/** Corpora leave up to a second around a sentence; more is time spent on nothing. */
export const longEdgeSec = 2;

export function createEdgeMeter(sampleRateHz: number): EdgeMeter {
  const blockSamples = Math.max(1, Math.round(blockSec * sampleRateHz));
  let peaks = new Float32Array(1024);
  let position = 0;
  const edges: EdgeMeter['edges'] = () => {
    const blocks = peaks.subarray(0, Math.ceil(position / blockSamples));
    const loudest = blocks.reduce((max, value) => Math.max(max, value), 0);
    const threshold = Math.max(silence, loudest * belowPeak);
    const first = blocks.findIndex((value) => value >= threshold);
    if (first < 0) return undefined;
    const last = blocks.findLastIndex((value) => value >= threshold);
    const seconds = (samples: number) => samples / sampleRateHz;
    return {
      leadSec: seconds(first * blockSamples),
      tailSec: Math.max(0, seconds(position - (last + 1) * blockSamples)),
    };
  };
  return {
    add(samples) {
      const needed = Math.ceil((position + samples.length) / blockSamples);
      if (needed > peaks.length) {
        const larger = new Float32Array(Math.max(needed, 2 * peaks.length));
        larger.set(peaks);
        peaks = larger;
      }
      for (let i = 0; i < samples.length; i++, position++) {
        const block = Math.floor(position / blockSamples);
        const level = Math.abs(samples[i]!);
        if (level > peaks[block]!) peaks[block] = level;
      }
    },
    edges,
    problem() {
      const found = edges();
      if (!found || (found.leadSec < longEdgeSec && found.tailSec < longEdgeSec)) return undefined;
      const { leadSec, tailSec } = found;
      const parts = [
        ...(leadSec >= longEdgeSec ? [`${leadSec.toFixed(1)} s before`] : []),
        ...(tailSec >= longEdgeSec ? [`${tailSec.toFixed(1)} s after`] : []),
      ];
      return {
        ...audioWarning('edge-silence', `nothing is to be heard for ${parts.join(' and ')} the sound`, 'info'),
        fix: { title: 'Trim the silence of a copy', copy: { change: 'trim' } },
      };
    },
  };
}
