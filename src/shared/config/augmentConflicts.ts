import type { Conflict } from './conflicts.ts';
import type { Experiment } from './schema.ts';

/** What the augmentation keys demand of each other and of the features. */
export function* augmentConflicts({
  augment,
  features,
}: Pick<Experiment, 'augment' | 'features'>): Generator<Conflict> {
  const { frequencyMasks, noise, gainDb } = augment;
  // Of cepstra a mask takes what maxShare allows; there its default would already be too wide.
  if (features.type !== 'mfcc' && frequencyMasks.maxBins > features.mels) {
    const message = `augment.frequencyMasks.maxBins is ${frequencyMasks.maxBins}, more than features.mels (${features.mels} bins)`;
    yield { path: ['augment', 'frequencyMasks', 'maxBins'], others: [['features', 'mels']], message };
  }
  const ranges = [
    { path: ['augment', 'noise', 'snrDb'], range: noise.snrDb },
    { path: ['augment', 'gainDb'], range: gainDb },
  ];
  for (const { path, range } of ranges) {
    const [low, high] = range;
    if (low <= high) continue;
    const message = `${path.join('.')} is [${low}, ${high}]; expected the smaller number first: [${high}, ${low}]`;
    yield { path, message };
  }
}
