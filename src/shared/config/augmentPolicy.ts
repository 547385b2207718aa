import type { AugmentConfig } from './schema.ts';

/** A row of table 1 of Park et al. 2019, for 80 bands and frames of 10 ms. */
export interface PolicyRow {
  /** W: a point is moved by at most this. */
  warpFrames: number;
  /** F, mF. */
  frequencyMasks: { maxBins: number; count: number };
  /** T, mT, and p: no mask is longer than this share of the clip. */
  timeMasks: { maxFrames: number; count: number; longestShare: number };
}

export type PolicyName = Exclude<AugmentConfig['policy'], 'custom'>;

export const policies: Record<PolicyName, PolicyRow> = {
  libriSpeechBasic: {
    warpFrames: 80,
    frequencyMasks: { maxBins: 27, count: 1 },
    timeMasks: { maxFrames: 100, count: 1, longestShare: 1 },
  },
  libriSpeechDouble: {
    warpFrames: 80,
    frequencyMasks: { maxBins: 27, count: 2 },
    timeMasks: { maxFrames: 100, count: 2, longestShare: 1 },
  },
  switchboardMild: {
    warpFrames: 40,
    frequencyMasks: { maxBins: 15, count: 2 },
    timeMasks: { maxFrames: 70, count: 2, longestShare: 0.2 },
  },
  switchboardStrong: {
    warpFrames: 40,
    frequencyMasks: { maxBins: 27, count: 2 },
    timeMasks: { maxFrames: 70, count: 2, longestShare: 0.2 },
  },
};

const policyFrameMs = 10;
const policyBins = 80;

/** Masks and warp in force. */
export interface MaskSettings {
  /** No time mask is longer than `longestShare` of the clip, and all together hide at most `maxShare`. */
  timeMasks: AugmentConfig['timeMasks'] & { longestShare: number };
  frequencyMasks: AugmentConfig['frequencyMasks'];
  timeWarpMs: number;
}

/**
 * The config's own masks, or its policy's, whose bins are scaled to the number that there are. A policy sets all but
 * `timeMasks.maxShare`, which goes on protecting short clips: the policies were made for utterances of 12 seconds.
 */
export function maskSettings(augment: AugmentConfig, bins: number): MaskSettings {
  const { policy, timeMasks, frequencyMasks, timeWarpMs } = augment;
  if (policy === 'custom') return { timeMasks: { ...timeMasks, longestShare: 1 }, frequencyMasks, timeWarpMs };
  const own = policies[policy];
  const { count, maxFrames, longestShare } = own.timeMasks;
  return {
    timeMasks: { count, maxMs: maxFrames * policyFrameMs, maxShare: timeMasks.maxShare, longestShare },
    frequencyMasks: {
      count: own.frequencyMasks.count,
      maxBins: Math.round((own.frequencyMasks.maxBins * bins) / policyBins),
      maxShare: 1,
    },
    timeWarpMs: own.warpFrames * policyFrameMs,
  };
}
