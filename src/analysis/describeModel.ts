import { ctcFeasible } from '../asr/ctcFeasible.ts';
import { createFeatureExtractor } from '../dsp/features.ts';
import { inferenceValues } from '../nn/inferenceGraph.ts';
import type { ModelSpec } from '../nn/modelSpec.ts';
import { layoutParameters, outputFrames } from '../nn/models/index.ts';
import { featureBins, timeStride, vocabularySizeOf } from '../shared/config/derived.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { ModelFacts } from '../shared/protocol/analysis.ts';
import { configuredMemory } from './configuredMemory.ts';
import { macsOf, nodesOf, receptiveFrames } from './graphCost.ts';

export interface ModelDescription extends ModelFacts {
  /** Share of the given utterances that CTC can spell at the fastest speed factor, 0 to 1; absent without utterances. */
  ctcFeasibleShare?: number;
}

/** An utterance as far as feasibility is concerned. */
export interface UtteranceLength {
  durationSec: number;
  tokens: ArrayLike<number>;
}

/** Long enough that rounding at the ends does not show in what is given per second; attention is for a usual length. */
const measuredSec = { crnn: 60, conformer: 10 };

/**
 * What an experiment's model amounts to, read off the layout, the length rule and the graph that training and
 * transcription use. The receptive field is that of the convolutions with the analysis window; recurrent layers see
 * all that came before (and, in two directions, the whole utterance), attention always sees all.
 */
export async function describeModel(
  experiment: Experiment,
  utterances: readonly UtteranceLength[] = [],
): Promise<ModelDescription> {
  const { features, model } = experiment;
  const spec: ModelSpec = { config: model, bins: featureBins(features), vocabularySize: vocabularySizeOf(experiment) };
  const layout = layoutParameters(spec);
  const { frameCount } = await createFeatureExtractor(features, { kernel: 'typescript' });
  const framesOf = (durationSec: number) => frameCount(Math.round(durationSec * features.sampleRateHz));

  const time = framesOf(measuredSec[model.type]);
  const nodes = nodesOf(inferenceValues(spec, layout, { batch: 1, time }).output);
  const macs = nodes.reduce((sum, node) => sum + macsOf(node), 0);
  const totalStride = timeStride(model);
  const hopSec = features.hopSamples / features.sampleRateHz;
  const description = {
    parameters: layout.total,
    outputFramesPerSec: 1 / (hopSec * totalStride),
    totalStride,
    receptiveFieldSec:
      model.type === 'conformer'
        ? Number.POSITIVE_INFINITY
        : (receptiveFrames(nodes) - 1) * hopSec + features.windowSamples / features.sampleRateHz,
    macsPerSecond: macs / measuredSec[model.type],
    peakMemoryBytes: configuredMemory(experiment).peakBytes,
  };
  if (utterances.length === 0) return description;
  const fastest = Math.max(...experiment.augment.speed, 1);
  const feasible = utterances.filter(({ durationSec, tokens }) =>
    ctcFeasible(tokens, outputFrames(model, framesOf(durationSec / fastest))),
  );
  return { ...description, ctcFeasibleShare: feasible.length / utterances.length };
}
