import { alphabetOf } from './alphabet.ts';
import type { Experiment, FeatureSpec, ModelConfig } from './schema.ts';

/** Values per feature frame, which is what the model reads. */
export const featureBins = (features: Pick<FeatureSpec, 'type' | 'mels' | 'cepstra'>): number =>
  features.type === 'mfcc' ? features.cepstra : features.type === 'waveform' ? 1 : features.mels;

/** Frames of a clip of so many samples, whatever the features: they are centred, the first on sample 0. */
export const frameCount = (
  { hopSamples, type }: Pick<FeatureSpec, 'hopSamples'> & Partial<Pick<FeatureSpec, 'type'>>,
  samples: number,
): number => (type === 'waveform' ? samples : 1 + Math.floor(samples / hopSamples));

/** Output units, the blank included; a run that finds fewer pieces of words than asked for does not start. */
export const vocabularySizeOf = ({ text, tokenizer }: Pick<Experiment, 'text' | 'tokenizer'>): number =>
  tokenizer.type === 'bpe' ? tokenizer.vocabularySize : 1 + alphabetOf(text).length;

/** Feature frames per output frame. */
export const timeStride = (model: Pick<ModelConfig, 'type' | 'blocks' | 'conformer'>): number =>
  model.type === 'conformer'
    ? model.conformer.subsampling
    : model.blocks.reduce((stride, { pool }) => stride * pool[0], 1);

/** Output frames per second before speed perturbation. */
export const outputFramesPerSec = ({ features, model }: Pick<Experiment, 'features' | 'model'>): number =>
  features.sampleRateHz / features.hopSamples / timeStride(model);

/** Gates of each recurrent cell: rows of its weights per unit. */
export const gatesOf = { lstm: 4, gru: 3 } as const;
