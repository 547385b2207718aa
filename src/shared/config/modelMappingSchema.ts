import { z } from 'zod';
import { featuresSchema } from './featuresSchema.ts';
import { note, positiveInt } from './keyNotes.ts';

const portName = z.string().min(1).max(1000);

/**
 * How a CTC model that was exported elsewhere is read: the file `<model>.asr-model.json` beside `<model>.onnx`.
 * `asr inspect <model>.onnx --json` proposes one.
 */
export const modelMappingSchema = z.strictObject({
  version: note(z.literal(1).default(1), 'Version of this format.'),
  name: note(z.string().max(200).optional(), 'What the model is called; by default its file name.'),
  input: note(
    z.strictObject({
      name: note(portName, 'Input that takes the audio.'),
      layout: note(
        z.enum(['batch,1,bins,time', 'batch,bins,time', 'batch,time,bins', 'waveform']),
        'Order of its axes; waveform is [batch, samples], of samples from −1 to 1.',
      ),
    }),
    'Where audio or its features go in.',
  ),
  inputLengths: note(
    portName.nullable().default(null),
    'Input [batch] with the valid frames (of a waveform: samples) of each row; null where the model has none, and then utterances go in one by one.',
  ),
  output: note(
    z.strictObject({
      name: note(portName, 'Output with a value per unit.'),
      kind: note(
        z.enum(['logProbabilities', 'logits', 'probabilities']).default('logits'),
        'What the values are; logits are made log-probabilities.',
      ),
      layout: note(
        z
          .enum(['batch,time,vocabulary', 'time,batch,vocabulary', 'batch,vocabulary,time'])
          .default('batch,time,vocabulary'),
        'Order of its axes.',
      ),
    }),
    'Where the result comes out.',
  ),
  outputLengths: note(
    portName.nullable().default(null),
    'Output [batch] with the valid output frames of each row; null where the model has none, and then they follow from timeStride.',
  ),
  vocabulary: note(
    z.union([z.array(z.string().max(1000)).min(2).max(200_000), z.strictObject({ tokens: z.string().min(1) })]),
    'Units in the order of the output, the blank included; or { tokens: file }, a file in the folder of the model with lines "unit index".',
  ),
  blank: note(z.union([z.literal('last'), z.int().min(0)]).default('last'), "Index of CTC's blank."),
  space: note(z.string().max(20).default('▁'), 'What stands for a space in units.'),
  case: note(
    z.enum(['upper', 'lower', 'as-is']).default('as-is'),
    'Case mapping of reference transcripts when the model is scored.',
  ),
  features: note(
    featuresSchema.prefault({}),
    'What the model hears, as in a config; of a waveform only sampleRateHz and normalization (none, utterance) count.',
  ),
  timeStride: note(
    positiveInt.max(100_000),
    'Feature frames per output frame; of a waveform samples per output frame.',
  ),
});

export type ModelMapping = z.infer<typeof modelMappingSchema>;

/** The sidecar's path for a model's. */
export const mappingFileOf = (modelFile: string): string => `${modelFile.replace(/\.onnx$/i, '')}.asr-model.json`;

/** What `asr inspect <model>.onnx --json` says in `mapping`. */
export interface ProposedMapping {
  /**
   * `asr-workbench`: exported here, needs none; `sidecar`: the file beside the model, as it stands; `metadata`: from what
   * the exporter wrote into it; `guess`: from names and shapes.
   */
  source: 'asr-workbench' | 'sidecar' | 'metadata' | 'guess';
  /** Where the sidecar lies, or belongs. */
  file: string;
  /** As far as known; it can be used as it is exactly where `missing` and `faults` are empty. */
  proposal: Partial<z.input<typeof modelMappingSchema>>;
  /** Why, by key path (`input.layout`). */
  reasons: Record<string, string>;
  /** Key paths that must be filled in by hand, or confirmed where the proposal has a value for them. */
  missing: string[];
  /** What keeps the model from being used, whatever the mapping says. */
  faults: string[];
  /** Inputs and outputs to choose from. */
  choices: {
    inputs: { name: string; dtype: string; shape: (number | string)[] | null }[];
    outputs: { name: string; dtype: string; shape: (number | string)[] | null }[];
  };
}
