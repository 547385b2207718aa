import type { z } from 'zod';
import type { Experiment, experimentSchema } from './schema.ts';

export type PresetName = Experiment['preset'];
type Draft<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Draft<T[K]> } : T;

/** What each preset changes against the schema's defaults; a name without a row does not compile. */
export const presets: Record<PresetName, Draft<z.input<typeof experimentSchema>>> = {
  small: {},
  // The numbers of a published guide to speech recognition with PyTorch, kept as they are for lint to explain.
  article: {
    features: {
      fftSize: 2048,
      windowSamples: 2048,
      hopSamples: 512,
      mels: 80,
      reference: 'max',
      topDb: 80,
      scale: 'minusOneToOne',
      normalization: 'none',
    },
    augment: { timeMasks: { count: 1, maxMs: 100 }, frequencyMasks: { count: 1, maxBins: 10 } },
    model: {
      blocks: [
        { channels: 64, pool: [2, 2] },
        { channels: 128, pool: [2, 2] },
        { channels: 256, pool: [2, 2] },
      ],
      rnn: { hiddenSize: 256, layers: 1, projection: 0 },
      dropout: 0.3,
      attention: { enabled: true },
    },
    loss: { ctcWeight: 0.5, labelSmoothing: 0.1 },
    optimizer: { learningRate: 1e-3, clipNorm: 1 },
    schedule: { type: 'cosineWarmRestarts', t0Epochs: 10, tMult: 2 },
    training: { epochs: 100, precision: 'fp16' },
  },
  // Conformer (S) of Gulati et al. 2020 with this product's features.
  'conformer-small': {
    augment: { policy: 'libriSpeechDouble' },
    model: { type: 'conformer', dropout: 0.1 },
    optimizer: { weightDecay: 1e-3 },
    schedule: { type: 'warmup' },
  },
};

/** What each is for. */
export const presetNotes: Record<PresetName, string> = {
  small: 'A convolutional and recurrent network with CTC that learns on a CPU.',
  article: 'A published guide’s settings as they are; lint says what is wrong with them.',
  'conformer-small': 'Conformer (S) of Gulati et al. 2020; made for GPUs.',
};

/** The preset's keys under those the user wrote; lists are taken whole. */
export function withPreset(written: unknown): unknown {
  if (!isSection(written)) return written;
  const name = Object.hasOwn(written, 'preset') ? written.preset : 'small';
  return typeof name === 'string' && Object.hasOwn(presets, name)
    ? merge(presets[name as PresetName], written)
    : written;
}

function merge(base: unknown, over: unknown): unknown {
  if (!isSection(base) || !isSection(over)) return over;
  const result: Record<string, unknown> = Object.assign(Object.create(null), base);
  for (const key of Object.keys(over)) result[key] = key in result ? merge(result[key], over[key]) : over[key];
  return { ...result };
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
