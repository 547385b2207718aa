import { basename } from 'node:path';
import { melCentresHz } from '../../dsp/mel.ts';
import { maskSettings } from '../../shared/config/augmentPolicy.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { AppliedStep, AugmentPreview, AugmentRequest } from '../../shared/protocol/spectrogramAugment.ts';
import type { PreviewedClip } from './previewAugmentation.ts';

/** What a view is told of a clip that was augmented for it. */
export function describePreview(clip: PreviewedClip, { epoch }: AugmentRequest, id: number): AugmentPreview {
  const { experiment, utterance, plain, augmented, startSec, endSec, notes } = clip;
  const { features } = experiment;
  const side = (one: typeof plain) => ({ frames: one.features.frames, samples: one.heard.length });
  return {
    ...{ id, epoch, startSec, endSec, notes },
    seed: experiment.seed,
    config: basename(clip.configFile),
    ...(utterance ? { utterance: { manifest: basename(utterance.manifest), line: utterance.line } } : {}),
    speed: augmented.applied?.draw.speed ?? 1,
    frameSec: features.hopSamples / features.sampleRateHz,
    sampleRateHz: features.sampleRateHz,
    bins: featureBins(features),
    sides: { plain: side(plain), augmented: side(augmented) },
    ...colourRange(plain.features.data),
    applied: appliedSteps(clip),
    idle: isIdle(experiment),
  };
}

/** In the order in which training does them; what was drawn and changes nothing is left out. */
function appliedSteps({ experiment, augmented, noise, startSec }: PreviewedClip): AppliedStep[] {
  if (!augmented.applied) return [];
  const { draw, masks, warp, noise: noisy } = augmented.applied;
  const { hopSamples, sampleRateHz } = experiment.features;
  // Frames are centred on their times.
  const at = (frame: number) =>
    Math.max(startSec, startSec + (((frame - 0.5) * hopSamples) / sampleRateHz) * draw.speed);
  const centre = (frame: number) => startSec + ((frame * hopSamples) / sampleRateHz) * draw.speed;
  const steps: AppliedStep[] = [];
  if (draw.speed !== 1) steps.push({ kind: 'speed', factor: draw.speed });
  if (draw.noise && noisy)
    steps.push({ kind: 'noise', snrDb: draw.noise.snrDb, ...(noise ? { name: basename(noise.range.file) } : {}) });
  if (draw.gainDb !== 0) steps.push({ kind: 'gain', gainDb: draw.gainDb });
  if (warp) steps.push({ kind: 'warp', fromSec: centre(warp.from), toSec: centre(warp.to) });
  for (const { start, length } of masks.time)
    if (length > 0) steps.push({ kind: 'timeMask', startSec: at(start), endSec: at(start + length) });
  const centres = experiment.features.type === 'mfcc' ? undefined : melCentresHz(experiment.features);
  for (const { start, length } of masks.frequency)
    if (length > 0)
      steps.push({
        ...{ kind: 'bandMask', firstBin: start, endBin: start + length },
        ...(centres ? { lowHz: centres[start]!, highHz: centres[start + length - 1]! } : {}),
      });
  return steps;
}

function isIdle({ augment, features }: Experiment): boolean {
  const { timeMasks, frequencyMasks, timeWarpMs } = maskSettings(augment, featureBins(features));
  const masked =
    (timeMasks.count > 0 && timeMasks.maxMs > 0) || (frequencyMasks.count > 0 && frequencyMasks.maxBins > 0);
  const disturbed = augment.noise.probability > 0 || augment.gainDb.some((gain) => gain !== 0);
  return !masked && !disturbed && timeWarpMs === 0 && augment.speed.every((speed) => speed === 1);
}

/** All but the rarest values. */
function colourRange(values: Float32Array): { lowValue: number; highValue: number } {
  const step = Math.max(1, Math.floor(values.length / 20_000));
  const some = Float32Array.from({ length: Math.floor(values.length / step) }, (_, i) => values[i * step]!).sort();
  const lowValue = some[Math.floor(some.length * 0.05)] ?? 0;
  const highValue = some[Math.floor(some.length * 0.999)] ?? 1;
  return { lowValue, highValue: highValue > lowValue ? highValue : lowValue + 1 };
}
