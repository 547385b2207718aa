import { fromScale, toScale } from '../../../src/dsp/frequencyScale.ts';
import type { FeatureScale } from '../../../src/shared/protocol/spectrogramPicture.ts';

/**
 * The vertical axis: one row per band, evenly spaced on the scale of the features. Places are shares of the height from the bottom:
 * the centre of band b is at (b + 0.5) / bins.
 */
export interface FrequencyAxis {
  readonly bins: number;
  toHz(share: number): number;
  toShare(hz: number): number;
  bandAt(share: number): number;
}

export function createFrequencyAxis(
  features: Pick<FeatureScale, 'bins' | 'scale' | 'lowHz' | 'highHz'>,
): FrequencyAxis {
  const { bins, scale } = features;
  const [low, high] = [toScale(features.lowHz, scale), toScale(features.highHz, scale)];
  // A band reaches over three of bins + 2 evenly spaced points, and its centre is the middle one; rows of a linear
  // picture are points themselves, the outer ones given.
  const step = scale === 'linear' ? (high - low) / Math.max(1, bins - 1) : (high - low) / (bins + 1);
  const first = scale === 'linear' ? low : low + step;
  return {
    bins,
    toHz: (share) => fromScale(first + step * (share * bins - 0.5), scale),
    toShare: (hz) => ((toScale(hz, scale) - first) / step + 0.5) / bins,
    bandAt: (share) => Math.max(0, Math.min(bins - 1, Math.floor(share * bins))),
  };
}
