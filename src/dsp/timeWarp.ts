import type { FeatureMatrix } from './featureMatrix.ts';

/** The row that is moved, and where it goes; both inside the clip. */
export interface TimeWarp {
  from: number;
  to: number;
}

/** A warp moves a row by at most this share of a clip: more would squeeze a short one to nothing on one side. */
const largestShare = 0.25;

/**
 * Where a row of a clip is moved: `anchor` and `shift` in [0, 1) choose a row at least `widest` from both ends and a
 * distance, evenly among {−widest … widest}. Undefined where nothing moves.
 */
export function placeWarp(anchor: number, shift: number, widest: number, frames: number): TimeWarp | undefined {
  const limit = Math.min(widest, Math.floor(frames * largestShare));
  if (limit < 1) return undefined;
  const from = limit + Math.floor(anchor * (frames - 2 * limit));
  const moved = from - limit + Math.floor(shift * (2 * limit + 1));
  const to = Math.min(Math.max(moved, 1), frames - 2);
  return to === from ? undefined : { from, to };
}

/**
 * Moves a row and stretches both sides to fit, by linear interpolation along time; ends and length stay.
 * Source: time warping of SpecAugment (Park et al. 2019), which the paper does with TensorFlow's sparse_image_warp.
 */
export function warpTime({ frames, bins, data }: FeatureMatrix, { from, to }: TimeWarp): FeatureMatrix {
  const warped = new Float32Array(data.length);
  const last = frames - 1;
  for (let row = 0; row < frames; row++) {
    const position = row <= to ? (row * from) / to : last - ((last - row) * (last - from)) / (last - to);
    const before = Math.min(Math.floor(position), last);
    const share = position - before;
    const after = Math.min(before + 1, last);
    for (let bin = 0; bin < bins; bin++) {
      const value = data[before * bins + bin]!;
      warped[row * bins + bin] = value + share * (data[after * bins + bin]! - value);
    }
  }
  return { frames, bins, data: warped };
}
