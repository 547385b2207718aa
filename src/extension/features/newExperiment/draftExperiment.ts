import type { Manifest } from '../../../asr/manifest.ts';
import { formatDuration } from '../../../shared/run/runStatus.ts';

export interface NamedManifest {
  /** Relative to the experiment file, with `/`. */
  path: string;
  manifest: Pick<Manifest, 'utterances'>;
}

export interface Draft {
  name: string;
  train: NamedManifest[];
  dev: NamedManifest[];
}

/** A commented `*.asr.yaml` for these manifests: what the data decides is filled in, the rest says what it is for. */
export function draftExperiment({ name, train, dev }: Draft): string {
  const texts = [...train, ...dev].flatMap(({ manifest }) => manifest.utterances.map(({ text }) => text));
  const { textCase, keep } = alphabetIn(texts);
  const trainSec = totalSec(train);
  const longest = longestSec([...train, ...dev]);
  return `# An experiment: which data, which model, how to train it.
# Start it with "ASR: Train" or with the line above "version". Its runs are kept in the folder "runs" beside this file.
# Every key has a default, so lines can be deleted; the editor underlines what is wrong.
version: 1
preset: small # defaults of everything that is not written here
name: ${name} # run directories begin with it
seed: 1 # the same seed and data give the same model

data:
  # Manifests: one JSON object per line with "audio_filepath" and "text".
  train: ${renderPaths(train)} # ${renderSize(train)}
  # Speakers that are not in train. The best checkpoint is chosen on these, so without them progress cannot be judged.
  dev: ${renderPaths(dev)} # ${dev.length > 0 ? renderSize(dev) : 'none yet'}
  maxDurationSec: ${longest > 20 ? Math.ceil(longest) : 20} # longer recordings are left out and named

text:
  # What the transcripts in the manifests use. A transcript with other characters is left out and named.
  case: ${textCase} # upper, lower or as-is
  keep: ${JSON.stringify(keep)}

features: # what the model sees: log-mel energies of short windows
  sampleRateHz: 16000
  mels: 80

augment: # changes made while training, so that few recordings go further
  speed: [0.9, 1.0, 1.1]
  timeMasks: { count: 2, maxMs: 100 }
  frequencyMasks: { count: 2, maxBins: 10 }

model: # the line above shows its size and how many letters per second it can write at most
  dropout: 0.3

optimizer:
  learningRate: 1.0e-3 # lower it when the loss jumps

training:
  epochs: 40
  batchSeconds: ${batchSecondsFor(trainSec)} # audio per step; less needs less memory
`;
}

/** Case and alphabet that the transcripts themselves use; letters first as people write them, the blank last. */
export function alphabetIn(texts: readonly string[]): { textCase: 'upper' | 'lower' | 'as-is'; keep: string } {
  const characters = new Set<string>();
  for (const text of texts) for (const character of text.normalize('NFC')) characters.add(character);
  for (const character of characters) if (/\s/u.test(character)) characters.delete(character);
  const all = [...characters];
  const textCase = all.every((character) => character === character.toUpperCase())
    ? 'upper'
    : all.every((character) => character === character.toLowerCase())
      ? 'lower'
      : 'as-is';
  const isLetter = (character: string) => /\p{L}/u.test(character);
  all.sort((a, b) => Number(isLetter(b)) - Number(isLetter(a)) || (a < b ? -1 : 1));
  const spaced = texts.some((text) => /\S\s+\S/u.test(text));
  return { textCase, keep: `${all.join('')}${spaced ? ' ' : ''}` || ' ' };
}

/** A small corpus gets small batches: some tens of steps per epoch are needed to learn anything. */
function batchSecondsFor(trainSec: number): number {
  return Math.min(40, Math.max(8, Math.round(trainSec / 50)));
}

const renderPaths = (manifests: NamedManifest[]) =>
  `[${manifests.map(({ path }) => (/^[\w./-]+$/.test(path) ? path : JSON.stringify(path))).join(', ')}]`;

const totalSec = (manifests: NamedManifest[]) =>
  manifests.flatMap(({ manifest }) => manifest.utterances).reduce((sum, { durationSec = 0 }) => sum + durationSec, 0);

const longestSec = (manifests: NamedManifest[]) =>
  manifests
    .flatMap(({ manifest }) => manifest.utterances)
    .reduce((most, { durationSec = 0 }) => Math.max(most, durationSec), 0);

function renderSize(manifests: NamedManifest[]): string {
  const count = manifests.reduce((sum, { manifest }) => sum + manifest.utterances.length, 0);
  const seconds = totalSec(manifests);
  return `${count} utterances${seconds > 0 ? `, ${formatDuration(seconds)}` : ''}`;
}
