import { basename } from 'node:path';
import { featureBins } from '../../shared/config/derived.ts';
import { featuresSchema } from '../../shared/config/featuresSchema.ts';
import { type ModelMapping, modelMappingSchema, type ProposedMapping } from '../../shared/config/modelMappingSchema.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import type { ModelMetadata } from '../model/modelMetadata.ts';
import type { OnnxPort, OnnxSummary } from '../onnxTensors.ts';
import type { ModelAdapter } from '../ort/protocol.ts';
import { proposeMapping } from './proposeMapping.ts';
import { readTokensFile } from './tokensFile.ts';

export interface ImportedModel {
  metadata: ModelMetadata;
  adapter: ModelAdapter;
}

/**
 * What is needed to run a CTC model that was exported elsewhere: from its sidecar, else from metadata that says all.
 * Throws a UserError that names what is missing, and where to write it.
 */
export async function importModel(file: string, summary: OnnxSummary): Promise<ImportedModel> {
  const proposed = await proposeMapping(file, summary);
  const mapping = completed(file, proposed);
  const units = Array.isArray(mapping.vocabulary)
    ? mapping.vocabulary
    : await readTokensFile(file, mapping.vocabulary.tokens);
  const blank = mapping.blank === 'last' ? units.length - 1 : mapping.blank;
  const refuse = (reason: string) => new UserError(`${file}: ${reason}; correct ${proposed.file}`);
  if (blank >= units.length) throw refuse(`the blank is unit ${blank}, and there are ${units.length}`);
  const input = portOf(summary.ports.inputs, mapping.input.name, 'input', refuse);
  portOf(summary.ports.outputs, mapping.output.name, 'output', refuse);
  if (mapping.outputLengths) portOf(summary.ports.outputs, mapping.outputLengths, 'output', refuse);
  checkInput(input, mapping, refuse);
  const fed = [mapping.input.name, mapping.inputLengths];
  const unfed = summary.ports.inputs.find(({ name }) => !fed.includes(name));
  if (unfed) throw refuse(`its input "${unfed.name}" is neither audio nor lengths, so it cannot be run`);
  return {
    metadata: metadataOf(file, mapping, spelled(units, blank, mapping.space)),
    adapter: {
      input: mapping.input,
      inputLengths: mapping.inputLengths ? lengthsPort(summary, mapping.inputLengths, refuse) : null,
      output: mapping.output,
      outputLengths: mapping.outputLengths,
      blank,
      vocabularySize: units.length,
    },
  };
}

type Refuse = (reason: string) => UserError;

function completed(file: string, { source, proposal, missing, faults, file: sidecar }: ProposedMapping): ModelMapping {
  if (source === 'sidecar') return modelMappingSchema.parse(proposal);
  if (faults.length > 0) throw new UserError(`${file}: ${faults[0]}`);
  if (source === 'guess' || missing.length > 0) {
    const open =
      missing.length > 0
        ? `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not known`
        : 'it can only be guessed';
    throw new UserError(
      `${file}: it was not exported here, and how it is read is not known (${open}); write ${sidecar}, which "asr inspect ${basename(file)} --json" proposes`,
    );
  }
  return modelMappingSchema.parse(proposal);
}

function portOf(ports: readonly OnnxPort[], name: string, kind: string, refuse: Refuse): OnnxPort {
  const port = ports.find((other) => other.name === name);
  if (port) return port;
  throw refuse(`it has no ${kind} "${name}", only ${ports.map((other) => `"${other.name}"`).join(', ')}`);
}

const binsAxis = { 'batch,1,bins,time': 2, 'batch,bins,time': 1, 'batch,time,bins': 2 } as const;
const ranks = { 'batch,1,bins,time': 4, 'batch,bins,time': 3, 'batch,time,bins': 3, waveform: 2 } as const;

function checkInput({ name, dtype, shape }: OnnxPort, { input, features }: ModelMapping, refuse: Refuse): void {
  if (dtype !== 'float32') throw refuse(`its input "${name}" is ${dtype}; float32 is understood`);
  if (shape && shape.length !== ranks[input.layout])
    throw refuse(
      `its input "${name}" has ${shape.length} axes, the layout [${input.layout}] has ${ranks[input.layout]}`,
    );
  if (input.layout === 'waveform') return;
  const bins = shape?.[binsAxis[input.layout]];
  if (typeof bins === 'number' && bins !== featureBins(features))
    throw refuse(`its input "${name}" takes ${bins} bins, the features have ${featureBins(features)}`);
}

function lengthsPort(summary: OnnxSummary, name: string, refuse: Refuse) {
  const { dtype } = portOf(summary.ports.inputs, name, 'input', refuse);
  if (dtype === 'int64' || dtype === 'int32') return { name, dtype } as const;
  throw refuse(`its input "${name}" is ${dtype}; lengths are int64 or int32`);
}

/** Units as the decoders here read them: the blank first, spaces as spaces. */
function spelled(units: readonly string[], blank: number, space: string): string[] {
  const rest = units.filter((_, index) => index !== blank);
  const spell = (unit: string) => (unit === '<unk>' ? '⁇' : space === '' ? unit : unit.replaceAll(space, ' '));
  return ['<blank>', ...rest.map(spell)];
}

function metadataOf(file: string, mapping: ModelMapping, vocabulary: string[]): ModelMetadata {
  const { features, timeStride } = mapping;
  const name = mapping.name ?? basename(file).replace(/\.onnx$/i, '');
  const text = { case: mapping.case, keep: [...new Set(vocabulary.slice(1).join(''))].join('') || ' ' };
  const base = { name, vocabulary, text, statistics: null, engineVersion: '' };
  if (mapping.input.layout !== 'waveform') return { ...base, features, timeStride };
  return { ...base, timeStride, features: waveformFeatures(features.sampleRateHz, features.normalization) };
}

/** The clip itself, a frame per sample. */
export const waveformFeatures = (
  sampleRateHz: number,
  normalization: FeatureSpec['normalization'] = 'none',
): FeatureSpec => ({
  ...featuresSchema.parse({ sampleRateHz, hopSamples: 1, normalization }),
  type: 'waveform',
});
