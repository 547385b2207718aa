import { featureBins } from '../../shared/config/derived.ts';
import { UserError } from '../../shared/problem.ts';
import { waveformFeatures } from '../imported/importModel.ts';
import type { OnnxSummary } from '../onnxTensors.ts';
import { type ModelMetadata, parseMetadata } from './modelMetadata.ts';

/**
 * What a model that was exported here says of itself; with its front end inside it hears the waveform.
 * Throws a UserError where its inputs and outputs are not what it says.
 */
export function exportedModel(file: string, summary: OnnxSummary): { metadata: ModelMetadata } {
  const { inputs, outputs, ports } = summary;
  const metadata = parseMetadata(summary.metadata, file);
  const { features, timeStride, vocabulary } = metadata;
  const refuse = (what: string) => new UserError(`${file}: ${what} are not those of a model exported here`);
  const waveform = inputs.join() === 'waveform,waveformLengths';
  if (!waveform && inputs.join() !== 'input,inputLengths') throw refuse(`its inputs (${inputs.join(', ')})`);
  if (outputs.join() !== 'output,outputLengths') throw refuse(`its outputs (${outputs.join(', ')})`);
  for (const [{ name, dtype }, expected] of [
    [ports.inputs[0]!, 'float32'],
    [ports.inputs[1]!, 'int64'],
    [ports.outputs[0]!, 'float32'],
    [ports.outputs[1]!, 'int64'],
  ] as const)
    if (dtype !== expected) throw new UserError(`${file}: "${name}" holds ${dtype}; ${expected} is expected`);
  const [units, bins] = [ports.outputs[0]!.shape?.[2], waveform ? undefined : ports.inputs[0]!.shape?.[2]];
  if (units !== vocabulary.length)
    throw new UserError(`${file}: its output has ${units} units, its vocabulary ${vocabulary.length}`);
  if (!waveform && bins !== featureBins(features))
    throw new UserError(`${file}: its input has ${bins} bins, its features ${featureBins(features)}`);
  if (!waveform) return { metadata };
  return {
    metadata: {
      ...metadata,
      features: waveformFeatures(features.sampleRateHz),
      timeStride: timeStride * features.hopSamples,
    },
  };
}
