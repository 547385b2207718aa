import { alphabetOf } from './alphabet.ts';
import { augmentConflicts } from './augmentConflicts.ts';
import { featureBins } from './derived.ts';
import { featureTypeConflicts } from './featureTypeConflicts.ts';
import { optimisationConflicts } from './optimisationConflicts.ts';
import type { Experiment, FeatureSpec } from './schema.ts';
import type { ConfigPath } from './yamlSource.ts';

export interface Conflict {
  /** The key to blame; when it is not written in the config, the first of `others` that is. */
  path: ConfigPath;
  others?: readonly ConfigPath[];
  message: string;
  /** Default: config-value. */
  code?: string;
}

/** What keys demand of each other; none of these configs can run. */
export function findConflicts(experiment: Experiment): Conflict[] {
  return [
    ...featureConflicts(experiment.features),
    ...modelConflicts(experiment),
    ...augmentConflicts(experiment),
    ...textConflicts(experiment),
    ...decoderConflicts(experiment),
    ...optimisationConflicts(experiment),
  ];
}

const rateKey: ConfigPath = ['features', 'sampleRateHz'];
const melsKey: ConfigPath = ['features', 'mels'];

/** What the feature keys demand of each other; features cannot be computed from settings with a conflict. */
export function* featureConflicts(features: FeatureSpec): Generator<Conflict> {
  const { fftSize, windowSamples, hopSamples, sampleRateHz, lowHz, highHz } = features;
  if (fftSize < 16 || (fftSize & (fftSize - 1)) !== 0) {
    const near = 2 ** Math.max(4, Math.round(Math.log2(fftSize)));
    yield {
      path: ['features', 'fftSize'],
      message: `features.fftSize is ${fftSize}; expected a power of two, such as ${near}`,
    };
  }
  if (windowSamples > fftSize) {
    const message = `features.windowSamples is ${windowSamples}, longer than features.fftSize (${fftSize} samples)`;
    yield { path: ['features', 'windowSamples'], others: [['features', 'fftSize']], message };
  }
  if (hopSamples > sampleRateHz) {
    const message = `features.hopSamples is ${hopSamples}, more than a second of audio (${sampleRateHz} samples)`;
    yield { path: ['features', 'hopSamples'], others: [rateKey], message };
  }
  const half = sampleRateHz / 2;
  if (highHz !== null && highHz > half) {
    const message = `features.highHz is ${highHz}, above half of features.sampleRateHz (${half} Hz)`;
    yield { path: ['features', 'highHz'], others: [rateKey], message };
  }
  if (lowHz >= (highHz ?? half)) {
    const message = `features.lowHz is ${lowHz}; expected a number below ${highHz === null ? `half the sample rate (${half} Hz)` : `features.highHz (${highHz} Hz)`}`;
    yield { path: ['features', 'lowHz'], others: [['features', 'highHz'], rateKey], message };
  }
  if (features.scale === 'minusOneToOne' && features.topDb === null) {
    const message =
      'features.scale minusOneToOne maps [−topDb, 0] dB to [−1, 1] and needs features.topDb, for example 80';
    yield { path: ['features', 'scale'], message };
  }
  yield* featureTypeConflicts(features);
}

function* modelConflicts(experiment: Experiment): Generator<Conflict> {
  const { model } = experiment;
  yield* model.type === 'conformer' ? conformerConflicts(model.conformer) : blockConflicts(experiment);
}

function* blockConflicts({ features, model }: Experiment): Generator<Conflict> {
  let bins = featureBins(features);
  for (const [i, block] of model.blocks.entries()) {
    const pooled = Math.floor(bins / block.pool[1]);
    if (pooled === 0) {
      const message = `model.blocks[${i}].pool pools frequency by ${block.pool[1]} where only ${bins} of ${featureBins(features)} bins are left`;
      yield { path: ['model', 'blocks', i, 'pool'], others: [melsKey], message };
      break;
    }
    bins = pooled;
  }
}

function* conformerConflicts({ dimension, heads, positions, kernelSize }: Experiment['model']['conformer']) {
  const key = (name: string): ConfigPath => ['model', 'conformer', name];
  const size = dimension / heads;
  const near = Math.max(1, Math.round(dimension / heads / 2)) * 2 * heads;
  if (!Number.isInteger(size)) {
    const message = `model.conformer.heads is ${heads}, which does not divide model.conformer.dimension (${dimension}); a dimension of ${near} would fit`;
    yield { path: key('heads'), others: [key('dimension')], message };
  } else if (positions === 'rotary' && size % 2 !== 0) {
    const message = `model.conformer.heads is ${heads}: ${size} values per head of dimension ${dimension} cannot be turned in pairs, as positions rotary does; a dimension of ${near} would fit`;
    yield { path: key('heads'), others: [key('dimension'), key('positions')], message };
  }
  if (kernelSize % 2 === 0) {
    const message = `model.conformer.kernelSize is ${kernelSize}; expected an odd number, such as ${kernelSize - 1}, so that a filter has a middle`;
    yield { path: key('kernelSize'), message };
  }
}

function* textConflicts({ text, tokenizer }: Experiment): Generator<Conflict> {
  if (text.keep.trim() === '') yield { path: ['text', 'keep'], message: 'text.keep holds no letters' };
  // The blank, each character, and at least one piece.
  const fewest = alphabetOf(text).length + 2;
  if (tokenizer.type === 'bpe' && tokenizer.vocabularySize < fewest) {
    const message = `tokenizer.vocabularySize is ${tokenizer.vocabularySize}; bpe needs at least ${fewest}: the blank, the ${fewest - 2} characters of text.keep and a piece`;
    yield {
      path: ['tokenizer', 'vocabularySize'],
      others: [
        ['tokenizer', 'type'],
        ['text', 'keep'],
      ],
      message,
    };
  }
}

function* decoderConflicts({ model, loss, decoding }: Experiment): Generator<Conflict> {
  const { enabled, locationKernel } = model.attention;
  const enabledKey: ConfigPath = ['model', 'attention', 'enabled'];
  const weightKey: ConfigPath = ['loss', 'ctcWeight'];
  const typeKey: ConfigPath = ['decoding', 'type'];
  const code = 'attention-no-decoder';
  if (loss.ctcWeight < 1 && !enabled) {
    const message = `loss.ctcWeight is ${loss.ctcWeight} and leaves the rest of the loss to an attention decoder, which model.attention.enabled does not ask for; set it to true, or loss.ctcWeight to 1`;
    yield { path: weightKey, others: [enabledKey], message, code };
  }
  const searches = decoding.type === 'attention' || decoding.type === 'joint';
  if (searches && !enabled) {
    const message = `decoding.type ${decoding.type} needs the attention decoder; set model.attention.enabled to true and loss.ctcWeight below 1, or decoding.type to greedy`;
    yield { path: typeKey, others: [enabledKey], message, code };
  } else if (searches && loss.ctcWeight === 1) {
    const message = `decoding.type ${decoding.type} needs a trained attention decoder, and loss.ctcWeight 1 trains none; set it to 0.3, for example`;
    yield { path: typeKey, others: [weightKey], message, code };
  } else if (decoding.type !== 'attention' && loss.ctcWeight === 0 && enabled) {
    const message = `decoding.type ${decoding.type} needs a trained CTC output, and loss.ctcWeight 0 trains none; set decoding.type to attention, or loss.ctcWeight above 0`;
    yield { path: weightKey, others: [typeKey], message, code: 'ctc-untrained' };
  }
  for (const key of ['languageModel', 'hotwords'] as const) {
    if (decoding.type === 'beam' || (decoding[key]?.length ?? 0) === 0) continue;
    const message = `decoding.${key} is used by beam alone, and decoding.type is ${decoding.type}; set it to beam, or leave ${key} out`;
    yield { path: ['decoding', key], others: [typeKey], message };
  }
  if (locationKernel % 2 === 0) {
    const message = `model.attention.locationKernel is ${locationKernel}; expected an odd number, such as ${locationKernel + 1}, so that it has a middle`;
    yield { path: ['model', 'attention', 'locationKernel'], message };
  }
}
