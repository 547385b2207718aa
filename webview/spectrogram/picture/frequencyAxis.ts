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
