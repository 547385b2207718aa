import { featureBins, frameCount, vocabularySizeOf } from '../shared/config/derived.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { type ForecastShape, forecastMemory } from './memoryForecast.ts';

export interface ConfiguredMemory {
  /** Bytes of resident memory of the graph process at its highest, by forecast. */
  peakBytes: number;
  utterances: number;
  durationSec: number;
}

/** What `batchSeconds: auto` is taken as where the machine is not known. */
const usualBatchSeconds = 40;
/** English, for the room that transcripts take in the loss. */
const tokensPerSec = 15;

/**
 * Peak memory of training as far as a config alone says it: in batches of utterances as long as it allows. A step's
 * memory follows the audio in it, so shorter utterances, of which a batch has more, take nearly as much.
 */
export function configuredMemory(experiment: Experiment): ConfiguredMemory {
  const { features, model, training, data, loss, optimizer } = experiment;
  const batchSeconds = training.batchSeconds === 'auto' ? usualBatchSeconds : training.batchSeconds;
  const durationSec = Math.min(data.maxDurationSec, batchSeconds);
  const shape: ForecastShape = {
    rows: Math.max(1, Math.floor(batchSeconds / durationSec)),
    frames: frameCount(features, Math.round(durationSec * features.sampleRateHz)),
    maxTokens: Math.ceil(tokensPerSec * durationSec),
  };
  const spec = { config: model, bins: featureBins(features), vocabularySize: vocabularySizeOf(experiment) };
  const { peakBytes } = forecastMemory({ ...training, spec, loss, optimizer }, shape);
  return { peakBytes, utterances: shape.rows, durationSec };
}
