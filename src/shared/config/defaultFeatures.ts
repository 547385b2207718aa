import type { FeatureSpec } from './schema.ts';

/** The features of a config that says nothing of them, for programs that need no parser. A test holds it to the schema. */
export const defaultFeatures: Readonly<FeatureSpec> = {
  type: 'logMel',
  sampleRateHz: 16000,
  fftSize: 512,
  windowSamples: 400,
  hopSamples: 160,
  mels: 80,
  cepstra: 13,
  lifter: 22,
  preemphasis: 0.97,
  melScale: 'slaney',
  padMode: 'constant',
  reference: 'fixed',
  topDb: null,
  scale: 'none',
  lowHz: 0,
  highHz: null,
  normalization: 'global',
};
