import type { FeatureStatistics } from '../../dsp/normalization.ts';
import { featuresSchema } from '../../shared/config/featuresSchema.ts';
import { type Experiment, experimentSchema, type FeatureSpec } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { readStatistics, type StoredStatistics } from '../../training/runState.ts';

/** What a model says about itself: with its graph, all that is needed to turn audio into text. */
export interface ModelMetadata {
  name: string;
  vocabulary: string[];
  features: FeatureSpec;
  /** Normalisation of references when scoring. */
  text: Experiment['text'];
  /** Applied inside the graph. */
  statistics: StoredStatistics | null;
  /** Feature frames per output frame. */
  timeStride: number;
  engineVersion: string;
  /** Of an INT8 model: how it was made of the exported one. */
  quantization?: QuantizationRecord;
}

export interface QuantizationRecord {
  method: 'dynamic' | 'static';
  /** Of the ranges of activations, for static. */
  calibration?: string;
  /** Nodes by the form they have. */
  forms: Record<string, string[]>;
  /** Each utterance is to be computed alone: one scale serves all that goes into a product. */
  rowByRow: boolean;
}

/** Property `format` of models exported here. */
export const exportFormat = 'asr-workbench/1';

/** As ONNX metadata properties: strings, JSON where there is structure. */
export function renderMetadata(metadata: ModelMetadata): Record<string, string> {
  return {
    format: exportFormat,
    name: metadata.name,
    vocabulary: JSON.stringify(metadata.vocabulary),
    features: JSON.stringify(metadata.features),
    text: JSON.stringify(metadata.text),
    statistics: JSON.stringify(metadata.statistics),
    timeStride: String(metadata.timeStride),
    engineVersion: metadata.engineVersion,
    ...(metadata.quantization ? { quantization: JSON.stringify(metadata.quantization) } : {}),
  };
}

/** Throws a UserError when the properties are not those of a model exported here. */
export function parseMetadata(properties: Readonly<Record<string, string>>, file: string): ModelMetadata {
  if (properties.format !== exportFormat)
    throw new UserError(`${file}: not a model exported by ASR Workbench (its metadata lacks format ${exportFormat})`);
  try {
    const read = <T>(key: string) => JSON.parse(properties[key] ?? '') as T;
    const metadata: ModelMetadata = {
      name: properties.name ?? '',
      vocabulary: read<string[]>('vocabulary'),
      features: featuresSchema.parse(read('features')),
      text: experimentSchema.shape.text.parse(read('text')),
      statistics: read<StoredStatistics | null>('statistics'),
      timeStride: Number(properties.timeStride),
      engineVersion: properties.engineVersion ?? '',
      ...(properties.quantization ? { quantization: read<QuantizationRecord>('quantization') } : {}),
    };
    const { vocabulary, timeStride } = metadata;
    if (!Array.isArray(vocabulary) || !vocabulary.every((unit) => typeof unit === 'string') || !(timeStride > 0))
      throw new Error('vocabulary or timeStride');
    return metadata;
  } catch (error) {
    throw new UserError(`${file}: its metadata cannot be read (${(error as Error).message.replace(/\s+/g, ' ')})`);
  }
}

export function statisticsOf(metadata: ModelMetadata): FeatureStatistics | null {
  return readStatistics(metadata.statistics);
}
