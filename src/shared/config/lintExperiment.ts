import type { Problem } from '../problem.ts';
import { augmentRules } from './augmentRules.ts';
import { featureBins, gatesOf, outputFramesPerSec, timeStride } from './derived.ts';
import { lossRules } from './lossRules.ts';
import type { ParsedExperiment } from './parseExperiment.ts';
import type { Experiment } from './schema.ts';
import type { ConfigPath } from './yamlSource.ts';

export interface ConfigFinding {
  /** The key to blame. */
  path: ConfigPath;
  message: string;
  /** Keys to set, path → YAML value. */
  set?: Record<string, string>;
}

export interface ConfigRule {
  code: string;
  severity: Problem['severity'];
  /** What it looks for, for the documentation. */
  finds: string;
  /** `isWritten` tells a key of the config from a default or a preset's. */
  check(experiment: Experiment, isWritten: (path: ConfigPath) => boolean): ConfigFinding | undefined;
}

/** What is unwise though it would run, each finding at its key. Call it with what `parseExperiment` gave. */
export function lintExperiment(
  parsed: ParsedExperiment,
  file: string,
  rules: readonly ConfigRule[] = configRules,
): Problem[] {
  const { experiment } = parsed;
  if (!experiment) return [];
  return rules.flatMap((rule) => {
    const finding = rule.check(experiment, parsed.isWritten);
    if (!finding) return [];
    const { path, message, set } = finding;
    const fix = set && {
      title: `Set ${Object.entries(set)
        .map(([key, value]) => `${key} to ${value}`)
        .join(', ')}`,
      set,
    };
    return [
      { code: rule.code, severity: rule.severity, message, file, ...parsed.locate(path), ...(fix ? { fix } : {}) },
    ];
  });
}

/** Characters of English speech in a second, at a normal pace. */
const ENGLISH_CHARACTERS_PER_SEC = 14.5;

/**
 * Units of English speech in a second. Characters per piece were counted on LibriSpeech dev-clean and other held-out
 * readings, cut with pieces of 110 utterances: 1.46 with 64 units, 1.84 with 128, 2.19 with 256, 2.63 with 512.
 */
function englishUnitsPerSec({ tokenizer }: Experiment): number {
  if (tokenizer.type === 'char') return ENGLISH_CHARACTERS_PER_SEC;
  return ENGLISH_CHARACTERS_PER_SEC / (1 + 0.4 * Math.log2(Math.max(1, tokenizer.vocabularySize / 29)));
}

/** Output frames that CTC needs for a second of English at the fastest speed of the augmentation. */
export const neededFramesPerSec = (experiment: Experiment): number =>
  englishUnitsPerSec(experiment) * fastestSpeed(experiment);

const fastestSpeed = ({ augment }: Experiment): number => Math.max(1, ...augment.speed);

/** Frequency bins left after all pools, by the floor rule. */
export const pooledBins = ({ features, model }: Pick<Experiment, 'features' | 'model'>) =>
  model.blocks.reduce((bins, { pool }) => Math.floor(bins / pool[1]), featureBins(features));

export const configRules: readonly ConfigRule[] = [
  {
    code: 'frame-rate',
    severity: 'error',
    finds: 'too few output frames per second for CTC, which needs at least one frame per character, or piece of a word',
    check: checkFrameRate,
  },
  {
    code: 'ref-max',
    severity: 'warning',
    finds: "features measured against each clip's own maximum",
    check: ({ features }) =>
      features.reference === 'max'
        ? {
            path: ['features', 'reference'],
            message:
              'reference max measures each clip against its own loudest point: not possible while streaming, lifts noise in quiet clips and hides the level; use fixed with normalization global',
            set: { 'features.reference': 'fixed', 'features.normalization': 'global' },
          }
        : undefined,
  },
  {
    code: 'window',
    severity: 'warning',
    finds: 'an analysis window far from the 20 to 32 ms in which speech stands still',
    check({ features }) {
      const seconds = features.windowSamples / features.sampleRateHz;
      if (seconds >= 0.01 && seconds <= 0.064) return undefined;
      const wanted = Math.round(features.sampleRateHz * 0.025);
      const effect = seconds > 0.064 ? 'blurs sounds into each other' : 'cannot resolve the voice’s harmonics';
      return {
        path: ['features', 'windowSamples'],
        message: `a window of ${milliseconds(features.windowSamples, features)} ${effect}; 25 ms is ${wanted} samples`,
        ...(wanted <= features.fftSize ? { set: { 'features.windowSamples': String(wanted) } } : {}),
      };
    },
  },
  {
    code: 'name-mfcc',
    severity: 'info',
    finds: 'cepstra given to layers and masks that are made for neighbouring frequencies',
    check({ features, model, augment }) {
      const pooled = model.type === 'crnn' && model.blocks.some(({ pool }) => pool[1] > 1);
      const masked = augment.frequencyMasks.count > 0 || augment.policy !== 'custom';
      if (features.type !== 'mfcc' || !(pooled || masked)) return undefined;
      const what = [...(pooled ? ['pooling over frequency'] : []), ...(masked ? ['frequency masks'] : [])].join(
        ' and ',
      );
      return {
        path: ['features', 'type'],
        message: `cepstral coefficients side by side are no neighbouring frequencies, for which ${what} is meant; type fbank keeps the mel bands themselves`,
      };
    },
  },
  {
    code: 'hop-gap',
    severity: 'warning',
    finds: 'a hop longer than the window, so that samples between frames are never seen',
    check: ({ features }) =>
      features.hopSamples > features.windowSamples
        ? {
            path: ['features', 'hopSamples'],
            message: `the hop (${features.hopSamples} samples) is longer than the window (${features.windowSamples}): ${features.hopSamples - features.windowSamples} samples between frames are never seen`,
          }
        : undefined,
  },
  {
    code: 'wide-lstm',
    severity: 'warning',
    finds: 'a recurrence fed with all pooled channels, which then holds most parameters',
    check(experiment) {
      const { rnn, blocks, type } = experiment.model;
      if (type !== 'crnn') return undefined;
      const width = blocks.at(-1)!.channels * pooledBins(experiment);
      if (rnn.projection > 0 || width <= 1024) return undefined;
      const weights = gatesOf[rnn.cell] * rnn.hiddenSize * width * (rnn.bidirectional ? 2 : 1);
      return {
        path: ['model', 'rnn', 'projection'],
        message: `the first recurrent layer reads ${width} values per frame (${blocks.at(-1)!.channels} channels × ${pooledBins(experiment)} bins): ${(weights / 1e6).toFixed(1)} M weights there alone; a projection of 256 is smaller, faster and as good`,
        set: { 'model.rnn.projection': '256' },
      };
    },
  },
  {
    code: 'vgg-single',
    severity: 'info',
    finds: 'blocks that pool like VGG’s but have one convolution each',
    check({ model: { type, blocks, convolutionsPerBlock } }) {
      const poolsAsVgg = blocks.every(({ pool }) => pool[0] === 2 && pool[1] === 2);
      if (type !== 'crnn' || convolutionsPerBlock > 1 || !poolsAsVgg) return undefined;
      return {
        path: ['model', 'blocks'],
        message:
          'a VGG block has two or more convolutions before its pool, these have one and see less around each frame; model.convolutionsPerBlock: 2 gives VGG’s',
      };
    },
  },
  {
    code: 'dropout-1layer',
    severity: 'info',
    finds: 'dropout with one recurrent layer, where PyTorch’s argument of that name does nothing',
    check: ({ model: { type, dropout, rnn } }) =>
      type === 'crnn' && dropout > 0 && rnn.layers === 1
        ? {
            path: ['model', 'rnn', 'layers'],
            message: `dropout ${dropout} with one recurrent layer: nn.LSTM and nn.GRU would apply none; here it acts after the projection and before the output`,
          }
        : undefined,
  },
  ...augmentRules,
  {
    code: 'amp-cpu',
    severity: 'warning',
    finds: 'half precision on a CPU, which computes in single precision and converts to and fro',
    check: ({ training }) =>
      training.precision === 'fp16' && training.device === 'cpu'
        ? {
            path: ['training', 'precision'],
            message:
              'fp16 on a CPU is no faster and takes no less memory: its arithmetic is float32 with conversions; fp16 is for GPUs',
            set: { 'training.precision': 'fp32' },
          }
        : undefined,
  },
  {
    code: 'no-dev',
    severity: 'warning',
    finds: 'no manifest to choose the best checkpoint on',
    check: ({ data }) =>
      data.dev.length === 0
        ? {
            path: ['data'],
            message:
              'data.dev is empty: no word error rate during training, and the best checkpoint cannot be told from the last',
          }
        : undefined,
  },
  {
    code: 'split-leak',
    severity: 'error',
    finds: 'a manifest that is trained on and evaluated on',
    check({ data }) {
      const index = data.dev.findIndex((file) => data.train.includes(file));
      return index < 0
        ? undefined
        : {
            path: ['data', 'dev', index],
            message: `${data.dev[index]} is also in data.train: its word error rate would say nothing about unseen speech`,
          };
    },
  },
  {
    code: 'no-space',
    severity: 'info',
    finds: 'an alphabet of letters without the space between words',
    check: ({ text }) =>
      /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text.keep) && !text.keep.includes(' ')
        ? {
            path: ['text', 'keep'],
            message: 'text.keep has no space: transcripts of more than one word will be left out',
          }
        : undefined,
  },
  {
    code: 'speed-range',
    severity: 'warning',
    finds: 'speed factors that leave natural speech, or never the original speed',
    check({ augment }) {
      const { speed } = augment;
      if (speed.some((factor) => factor < 0.8 || factor > 1.25)) {
        return {
          path: ['augment', 'speed'],
          message: 'speed factors beyond 0.8 to 1.25 leave natural speech; 0.9, 1, 1.1 is usual',
        };
      }
      if (Math.min(...speed) <= 1 && Math.max(...speed) >= 1) return undefined;
      return {
        path: ['augment', 'speed'],
        message: 'every speed factor is on one side of 1: the model never hears the speed it is evaluated on',
      };
    },
  },
  {
    code: 'no-normalization',
    severity: 'warning',
    finds: 'features given to the model as they are, far from zero mean',
    check: ({ features }) =>
      features.normalization === 'none' && features.scale === 'none'
        ? {
            path: ['features', 'normalization'],
            message:
              'without normalization or scale the model gets values far from 0 with a wide spread, and learns slowly; use global',
            set: { 'features.normalization': 'global' },
          }
        : undefined,
  },
  ...lossRules,
];

function checkFrameRate(experiment: Experiment, isWritten: (path: ConfigPath) => boolean): ConfigFinding | undefined {
  const { features, model } = experiment;
  const rate = outputFramesPerSec(experiment);
  const fastest = fastestSpeed(experiment);
  const needed = neededFramesPerSec(experiment);
  const [unit, units] = experiment.tokenizer.type === 'bpe' ? ['piece', 'pieces'] : ['character', 'characters'];
  if (rate >= needed || experiment.loss.ctcWeight === 0) return undefined;
  const set: Record<string, string> = {};
  const hop = Math.min(features.hopSamples, Math.floor(features.sampleRateHz / 100));
  if (hop !== features.hopSamples) set['features.hopSamples'] = String(hop);
  const { stride, keys } = shorterStride(model, features.sampleRateHz / hop / needed, isWritten);
  Object.assign(set, keys);
  const reached = (features.sampleRateHz / hop / stride).toFixed(1);
  const strideKey = model.type === 'conformer' ? ['model', 'conformer', 'subsampling'] : ['model', 'blocks'];
  return {
    path: hop === features.hopSamples ? strideKey : ['features', 'hopSamples'],
    message:
      `${rate.toFixed(1)} output frames/s (hop ${milliseconds(features.hopSamples, features)} × time stride ${timeStride(model)}); ` +
      `CTC needs one per ${unit}, and English at ×${fastest} speed has about ${needed.toFixed(0)} ${units}/s: ` +
      `hop ${milliseconds(hop, features)} × time stride ${stride} gives ${reached} frames/s`,
    set,
  };
}

/** The first time stride of at most `longest`, halving the model's own from its end, and the keys that give it. */
function shorterStride(model: Experiment['model'], longest: number, isWritten: (path: ConfigPath) => boolean) {
  const keys: Record<string, string> = {};
  let stride = timeStride(model);
  if (model.type === 'conformer') {
    while (stride > longest && stride > 2) stride /= 2;
    if (stride !== timeStride(model)) keys['model.conformer.subsampling'] = String(stride);
    return { stride, keys };
  }
  const blocks = [...model.blocks];
  for (let i = blocks.length - 1; i >= 0 && stride > longest; i--) {
    const { channels, pool } = blocks[i]!;
    if (pool[0] === 1) continue;
    stride /= pool[0];
    blocks[i] = { channels, pool: [1, pool[1]] };
    keys[`model.blocks.${i}.pool`] = `[1, ${pool[1]}]`;
  }
  if (stride === timeStride(model) || isWritten(['model', 'blocks'])) return { stride, keys };
  // Blocks of a preset or the default cannot be changed one by one: the list is written out.
  const list = blocks.map(({ channels, pool }) => `{ channels: ${channels}, pool: [${pool.join(', ')}] }`);
  return { stride, keys: { 'model.blocks': `[${list.join(', ')}]` } };
}

const milliseconds = (samples: number, { sampleRateHz }: { sampleRateHz: number }) =>
  `${Number(((samples / sampleRateHz) * 1000).toFixed(1))} ms`;
