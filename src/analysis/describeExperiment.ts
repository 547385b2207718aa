import { widestMasks } from '../dsp/augment.ts';
import { maskSettings } from '../shared/config/augmentPolicy.ts';
import { featureBins } from '../shared/config/derived.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { AugmentFacts, ExperimentFacts } from '../shared/protocol/analysis.ts';
import { describeModel } from './describeModel.ts';
import { describeSchedule } from './describeSchedule.ts';

/** What a config amounts to without its data, block by block. */
export async function describeExperiment(experiment: Experiment): Promise<ExperimentFacts> {
  const { features } = experiment;
  return {
    features: {
      framesPerSec: features.sampleRateHz / features.hopSamples,
      windowMs: (1000 * features.windowSamples) / features.sampleRateHz,
      bins: featureBins(features),
    },
    model: await describeModel(experiment),
    augment: describeMasks(experiment),
    schedule: describeSchedule(experiment),
  };
}

function describeMasks({ augment, features }: Experiment): AugmentFacts {
  const bins = featureBins(features);
  const { timeMasks, frequencyMasks, timeWarpMs } = maskSettings(augment, bins);
  const widest = widestMasks(augment, features, Number.POSITIVE_INFINITY);
  return {
    timeMasks: timeMasks.count,
    timeMaskFrames: widest.frames,
    timeMaskMs: timeMasks.maxMs,
    frequencyMasks: frequencyMasks.count,
    frequencyMaskBins: widest.bins,
    bins,
    timeWarpMs,
  };
}
