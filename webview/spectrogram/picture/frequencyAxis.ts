import { hzToMel, melToHz } from '../../../src/dsp/mel.ts';
import type { FeatureScale } from '../../../src/shared/protocol/spectrogram.ts';

/**
 * The vertical axis: one row per mel band, evenly spaced in mel. Places are shares of the height from the bottom:
 * the centre of band b is at (b + 0.5) / bins.
 */
export interface FrequencyAxis {
  readonly bins: number;
  toHz(share: number): number;
  toShare(hz: number): number;
  bandAt(share: number): number;
}

export function createFrequencyAxis(scale: FeatureScale): FrequencyAxis {
  const { bins, melScale } = scale;
  const low = hzToMel(scale.lowHz, melScale);
  // Filter b reaches over three of bins + 2 evenly spaced points; its centre is point b + 1.
  const step = (hzToMel(scale.highHz, melScale) - low) / (bins + 1);
  return {
    bins,
    toHz: (share) => melToHz(low + step * (share * bins + 0.5), melScale),
    toShare: (hz) => ((hzToMel(hz, melScale) - low) / step - 0.5) / bins,
    bandAt: (share) => Math.max(0, Math.min(bins - 1, Math.floor(share * bins))),
  };
}

/** Round frequencies, the ones to label first come first. */
const roundHz = [
  1000, 2000, 4000, 500, 8000, 200, 3000, 6000, 16_000, 100, 300, 5000, 700, 1500, 7000, 12_000, 20_000, 400, 2500,
  10_000, 3500, 24_000, 48_000, 800, 600, 150, 50,
];
const minGapPx = 24;
const edgePx = 7;

/** Labelled ticks that do not run into each other, and the round frequencies between them. */
export function frequencyTicks(axis: FrequencyAxis, heightPx: number): { labelled: number[]; plain: number[] } {
  const place = (hz: number) => axis.toShare(hz) * heightPx;
  const inside = roundHz.filter((hz) => place(hz) >= 0 && place(hz) <= heightPx);
  const labelled: number[] = [];
  const plain: number[] = [];
  for (const hz of inside) {
    const at = place(hz);
    const free = labelled.every((other) => Math.abs(place(other) - at) >= minGapPx);
    if (free && at >= edgePx && at <= heightPx - edgePx) labelled.push(hz);
    else if (hz % 500 === 0 || hz < 1000) plain.push(hz);
  }
  return { labelled, plain };
}
