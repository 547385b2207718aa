import { maskSettings } from './augmentPolicy.ts';
import { augmentSchema } from './augmentSchema.ts';
import { featureBins } from './derived.ts';
import type { ConfigFinding, ConfigRule } from './lintExperiment.ts';
import type { Experiment } from './schema.ts';

/** What is unwise about augmentation. */
export const augmentRules: readonly ConfigRule[] = [
  {
    code: 'masks-weak',
    severity: 'warning',
    finds: 'time masks so short in frames that they hide nothing',
    check({ features, augment }) {
      const { count, maxMs } = maskSettings(augment, featureBins(features)).timeMasks;
      const hopMs = (1000 * features.hopSamples) / features.sampleRateHz;
      const frames = Math.floor(maxMs / hopMs);
      if (count === 0 || frames >= 4) return undefined;
      return {
        path: augment.policy === 'custom' ? ['augment', 'timeMasks', 'maxMs'] : ['features', 'hopSamples'],
        message: `time masks of at most ${maxMs} ms are ${frames} frames at a hop of ${Number(hopMs.toFixed(1))} ms; a mask hides something from about 4 frames on`,
      };
    },
  },
  {
    code: 'masks-strong',
    severity: 'warning',
    finds: 'masks that may hide half of the mel bands, or a second of speech, or that maxShare cuts short',
    check: checkStrongMasks,
  },
  {
    code: 'policy-keys',
    severity: 'warning',
    finds: 'masks or a time warp beside a SpecAugment policy, which sets them itself',
    check({ augment }) {
      const written = augment.policy === 'custom' ? undefined : changedMaskKey(augment);
      return (
        written && {
          path: written,
          message: `policy ${augment.policy} sets ${written.slice(1).join('.')} itself; remove the key, or set augment.policy to custom`,
        }
      );
    },
  },
  {
    code: 'noise-off',
    severity: 'warning',
    finds: 'noise recordings that no utterance gets',
    check: ({ augment: { noise } }) =>
      noise.files.length > 0 && noise.probability === 0
        ? {
            path: ['augment', 'noise', 'files'],
            message: 'augment.noise.probability is 0, so these recordings are never used',
            set: { 'augment.noise.probability': '0.5' },
          }
        : undefined,
  },
  {
    code: 'gain-void',
    severity: 'warning',
    finds: 'a gain that the features take out again',
    check({ augment, features }) {
      const undone = features.normalization === 'utterance' || features.reference === 'max';
      if (!undone || augment.gainDb.every((gain) => gain === 0)) return undefined;
      const why =
        features.reference === 'max' ? "measured against each clip's maximum" : 'normalised for each utterance';
      return { path: ['augment', 'gainDb'], message: `features ${why} take the gain out again` };
    },
  },
];

function checkStrongMasks({ features, augment }: Experiment): ConfigFinding | undefined {
  // The policies are as strong as they were published.
  if (augment.policy !== 'custom') return undefined;
  const { timeMasks, frequencyMasks } = augment;
  const all = featureBins(features);
  const bins = Math.min(frequencyMasks.count * frequencyMasks.maxBins, Math.floor(frequencyMasks.maxShare * all));
  if (bins > all / 2) {
    return {
      path: ['augment', 'frequencyMasks'],
      message: `${frequencyMasks.count} frequency masks of up to ${frequencyMasks.maxBins} bins may hide ${bins} of ${all} bands`,
    };
  }
  // With mfcc even the default is cut, and the masks have a remark of their own.
  if (frequencyMasks.count * frequencyMasks.maxBins > bins && features.type !== 'mfcc') {
    return {
      path: ['augment', 'frequencyMasks'],
      message: `${frequencyMasks.count} frequency masks of up to ${frequencyMasks.maxBins} bins could hide more than maxShare (${frequencyMasks.maxShare}) allows: each is cut to ${Math.floor(bins / frequencyMasks.count)} bins`,
    };
  }
  const seconds = (timeMasks.count * timeMasks.maxMs) / 1000;
  if (seconds <= 1) return undefined;
  return {
    path: ['augment', 'timeMasks'],
    message: `${timeMasks.count} time masks of up to ${timeMasks.maxMs} ms may hide ${seconds.toFixed(1)} s of an utterance`,
  };
}

/** The first key that a policy overrides and that is not as it is when left out. */
function changedMaskKey(augment: Experiment['augment']): string[] | undefined {
  const unset = augmentSchema.parse({});
  const differs = <T extends object>(section: T, other: T, names: (keyof T & string)[]) =>
    names.find((name) => section[name] !== other[name]);
  const time = differs(augment.timeMasks, unset.timeMasks, ['count', 'maxMs']);
  if (time) return ['augment', 'timeMasks', time];
  const frequency = differs(augment.frequencyMasks, unset.frequencyMasks, ['count', 'maxBins', 'maxShare']);
  if (frequency) return ['augment', 'frequencyMasks', frequency];
  return augment.timeWarpMs === unset.timeWarpMs ? undefined : ['augment', 'timeWarpMs'];
}
