import type { Conflict } from './conflicts.ts';
import { defaultFeatures } from './defaultFeatures.ts';
import type { FeatureSpec } from './schema.ts';

/** Keys that only some types of features read. */
const readers: Partial<Record<keyof FeatureSpec, FeatureSpec['type'][]>> = {
  melScale: ['logMel'],
  reference: ['logMel'],
  topDb: ['logMel'],
  scale: ['logMel'],
  preemphasis: ['fbank', 'mfcc', 'nemo'],
  cepstra: ['mfcc'],
  lifter: ['mfcc'],
};

/** A key that the type does not read may stand there with its default, which the run's copy of a config writes out. */
export function* featureTypeConflicts(features: FeatureSpec): Generator<Conflict> {
  const { type, cepstra, mels } = features;
  if (type === 'mfcc' && cepstra > mels) {
    const message = `features.cepstra is ${cepstra}, more than features.mels (${mels} bands), of which they are made`;
    yield { path: ['features', 'cepstra'], others: [['features', 'mels']], message };
  }
  for (const [name, types] of Object.entries(readers) as [keyof FeatureSpec, FeatureSpec['type'][]][]) {
    if (types.includes(type) || features[name] === defaultFeatures[name]) continue;
    const message = `features.${name} is ${features[name]}, but features of type ${type} have no use for it (only ${types.join(' and ')}); remove it or set it to ${defaultFeatures[name]}`;
    yield { path: ['features', name], others: [['features', 'type']], message };
  }
}
