import { UserError } from '../../shared/problem.ts';
import { waveformFeatures } from '../imported/importModel.ts';
import type { OnnxSummary } from '../onnxTensors.ts';
import { type ModelMetadata, parseMetadata } from './modelMetadata.ts';

/** What a model that was exported here says of itself; with its front end inside it hears the waveform. */
export function exportedModel(
  file: string,
  { metadata: properties, inputs }: OnnxSummary,
): { metadata: ModelMetadata } {
  const metadata = parseMetadata(properties, file);
  const has = (...names: string[]) => names.every((name) => inputs.includes(name)) && inputs.length === names.length;
  if (has('input', 'inputLengths')) return { metadata };
  if (!has('waveform', 'waveformLengths'))
    throw new UserError(`${file}: its inputs (${inputs.join(', ')}) are not those of a model exported here`);
  const { features, timeStride } = metadata;
  return {
    metadata: {
      ...metadata,
      features: waveformFeatures(features.sampleRateHz),
      timeStride: timeStride * features.hopSamples,
    },
  };
}
