import { z } from 'zod';

/** What a key means beyond its type; read by hover, completion and docs/config.md. */
export interface KeyNotes {
  description: string;
  unit?: string;
  source?: string;
}

const note = <T extends z.ZodType>(type: T, description: string, more: Omit<KeyNotes, 'description'> = {}): T =>
  type.meta({ description, ...more }) as T;

const positiveInt = z.int().positive();
const fraction = z.number().min(0).lt(1);

export const featuresSchema = z.strictObject({
  type: note(z.enum(['logMel']).default('logMel'), 'Kind of features.'),
  sampleRateHz: note(positiveInt.min(4000).max(192_000).default(16_000), 'Rate all audio is resampled to.', {
    unit: 'Hz',
  }),
  fftSize: note(positiveInt.min(16).max(16_384).default(512), 'FFT length; a power of two, at least windowSamples.', {
    unit: 'samples',
  }),
  windowSamples: note(positiveInt.default(400), 'Length of the periodic Hann window, centred in the FFT.', {
    unit: 'samples',
  }),
  hopSamples: note(positiveInt.default(160), 'Distance between two frames.', { unit: 'samples' }),
  mels: note(positiveInt.max(512).default(80), 'Number of mel bands.'),
  melScale: note(
    z.enum(['slaney', 'htk']).default('slaney'),
    'Mel formula and filter norm: slaney (area-normalised, librosa) or htk.',
    { source: 'librosa.filters.mel' },
  ),
  padMode: note(
    z.enum(['constant', 'reflect']).default('constant'),
    'How the signal is extended by half an FFT at both ends.',
    { source: 'librosa ≥ 0.10 uses constant' },
  ),
  reference: note(
    z.enum(['fixed', 'max']).default('fixed'),
    '0 dB is a power of 1 (fixed) or the loudest point of the clip (max).',
    { source: 'librosa.power_to_db' },
  ),
  topDb: note(
    z.number().positive().nullable().default(null),
    "Clamp values this far below the clip's maximum; null keeps all.",
    { unit: 'dB' },
  ),
  scale: note(z.enum(['none', 'minusOneToOne']).default('none'), 'minusOneToOne maps [−topDb, 0] dB to [−1, 1].'),
  lowHz: note(z.number().min(0).default(0), 'Lower edge of the first mel band.', { unit: 'Hz' }),
  highHz: note(
    z.number().positive().nullable().default(null),
    'Upper edge of the last mel band; null is half the sample rate.',
    { unit: 'Hz' },
  ),
  normalization: note(
    z.enum(['none', 'global', 'utterance']).default('global'),
    'Mean and variance per mel band: of the training set (global, kept in the model), or of each clip.',
  ),
});

const blockSchema = z.strictObject({
  channels: note(positiveInt.max(4096), 'Output channels of the 3×3 convolution.'),
  pool: note(z.tuple([positiveInt.max(8), positiveInt.max(8)]), 'Max-pooling over [time, frequency].'),
});

export const modelSchema = z.strictObject({
  type: note(z.enum(['crnn']).default('crnn'), 'Architecture.'),
  blocks: note(
    z
      .array(blockSchema)
      .min(1)
      .max(8)
      .default([
        { channels: 64, pool: [2, 2] },
        { channels: 128, pool: [2, 2] },
        { channels: 256, pool: [1, 2] },
      ]),
    'VGG blocks: convolution, normalisation, ReLU, max-pooling.',
    { source: 'Simonyan & Zisserman 2014' },
  ),
  norm: note(
    z.enum(['none', 'batch', 'layer']).default('batch'),
    'Normalisation in each block; statistics ignore padding.',
  ),
  residual: note(z.literal(false).default(false), 'Residual connections around blocks (not in this version).'),
  rnn: note(
    z
      .strictObject({
        cell: note(z.enum(['lstm']).default('lstm'), 'Recurrent cell.'),
        hiddenSize: note(positiveInt.max(4096).default(256), 'Units per direction.'),
        layers: note(positiveInt.max(8).default(2), 'Stacked layers.'),
        bidirectional: note(z.boolean().default(true), 'Reads the utterance in both directions; rules out streaming.'),
        projection: note(
          z.int().min(0).max(4096).default(256),
          'Linear layer between convolutions and recurrence; 0 for none.',
        ),
      })
      .prefault({}),
    'Recurrent layers.',
  ),
  dropout: note(fraction.default(0.3), 'Dropout after the projection, between recurrent layers and before the output.'),
  attention: note(
    z
      .strictObject({ enabled: note(z.literal(false).default(false), 'Attention decoder (not in this version).') })
      .prefault({}),
    'Attention decoder.',
  ),
});

const masks = (limit: string) => z.int().min(0).max(20).describe(limit);

export const experimentSchema = z.strictObject({
  version: note(z.literal(1).default(1), 'Version of this format.'),
  preset: note(z.enum(['small']).default('small'), 'Set of defaults; keys written out win.'),
  name: note(
    z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'letters, digits, ".", "_" and "-" only')
      .default('experiment'),
    'Name of the experiment; run directories begin with it.',
  ),
  seed: note(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
    'Seed of every random choice.',
  ),
  data: note(
    z.strictObject({
      train: note(z.array(z.string().min(1)).min(1), 'Training manifests (JSON lines), relative to this file.'),
      dev: note(
        z.array(z.string().min(1)).default([]),
        'Manifests evaluated after each epoch; the best checkpoint is chosen on them.',
      ),
      maxDurationSec: note(z.number().positive().default(20), 'Longer utterances are left out and named.', {
        unit: 's',
      }),
    }),
    'Manifests.',
  ),
  text: note(
    z
      .strictObject({
        case: note(z.enum(['upper', 'lower', 'as-is']).default('upper'), 'Case mapping of transcripts.'),
        keep: note(
          z.string().min(1).default("ABCDEFGHIJKLMNOPQRSTUVWXYZ' "),
          'The alphabet, compared after the case mapping of both sides.',
        ),
      })
      .prefault({}),
    'Transcript normalisation.',
  ),
  tokenizer: note(
    z.strictObject({ type: note(z.enum(['char']).default('char'), 'Unit of the output.') }).prefault({}),
    'Output units.',
  ),
  features: note(featuresSchema.prefault({}), 'What the model sees.'),
  augment: note(
    z
      .strictObject({
        speed: note(
          z.array(z.number().min(0.5).max(2)).min(1).default([0.9, 1, 1.1]),
          'Speed factors, one drawn per utterance and epoch; by resampling, so pitch changes too.',
          { source: 'Ko et al. 2015' },
        ),
        timeMasks: note(
          z
            .strictObject({
              count: masks('Masks per utterance.').default(2),
              maxMs: note(z.number().min(0).default(100), 'Longest mask.', { unit: 'ms' }),
            })
            .prefault({}),
          'SpecAugment time masks.',
          { source: 'Park et al. 2019' },
        ),
        frequencyMasks: note(
          z
            .strictObject({
              count: masks('Masks per utterance.').default(2),
              maxBins: note(z.int().min(0).default(10), 'Widest mask.', { unit: 'mel bins' }),
            })
            .prefault({}),
          'SpecAugment frequency masks.',
          { source: 'Park et al. 2019' },
        ),
      })
      .prefault({}),
    'Augmentation, training only.',
  ),
  model: note(modelSchema.prefault({}), 'Architecture.'),
  loss: note(
    z
      .strictObject({
        ctcWeight: note(z.literal(1).default(1), 'Share of CTC in the loss (1 in this version).'),
        labelSmoothing: note(z.literal(0).default(0), 'Label smoothing (0 in this version).'),
      })
      .prefault({}),
    'Training loss.',
  ),
  optimizer: note(
    z
      .strictObject({
        type: note(z.enum(['adamw']).default('adamw'), 'Update rule.', { source: 'Loshchilov & Hutter 2019' }),
        learningRate: note(z.number().positive().max(10).default(1e-3), 'Peak learning rate.'),
        weightDecay: note(
          z.number().min(0).max(1).default(0.01),
          'Decoupled weight decay on weight matrices; biases and norms have none.',
        ),
        clipNorm: note(z.number().positive().nullable().default(1), 'Largest global gradient norm; null never clips.'),
      })
      .prefault({}),
    'Optimizer.',
  ),
  schedule: note(
    z
      .strictObject({
        type: note(z.enum(['constant', 'oneCycle']).default('oneCycle'), 'Learning-rate schedule.', {
          source: 'torch.optim.lr_scheduler.OneCycleLR',
        }),
        warmupFraction: note(fraction.default(0.15), 'Share of all steps in which oneCycle rises.'),
      })
      .prefault({}),
    'Learning-rate schedule.',
  ),
  training: note(
    z
      .strictObject({
        epochs: note(positiveInt.max(100_000).default(40), 'Passes over the training data.'),
        batchSeconds: note(z.number().positive().max(3600).default(40), 'Audio per batch, padding included.', {
          unit: 's',
        }),
        precision: note(z.enum(['fp32']).default('fp32'), 'Arithmetic of the forward and backward pass.'),
        device: note(z.enum(['auto', 'cpu']).default('auto'), 'Where the graph runs.'),
        threads: note(
          z.union([z.literal('auto'), positiveInt.max(256)]).default('auto'),
          'Threads of the graph; auto is the number of physical cores.',
        ),
        accumulate: note(positiveInt.max(1024).default(1), 'Batches per optimizer step.'),
        averageLast: note(z.literal(0).default(0), 'Checkpoints averaged at the end (0 in this version).'),
        emaDecay: note(z.literal(0).default(0), 'Decay of the weight average (0 in this version).'),
        earlyStopEpochs: note(
          z.int().min(0).default(0),
          'Stop after so many epochs without a better dev WER; 0 never.',
        ),
        checkpointEverySec: note(z.number().positive().default(300), 'Longest time between two checkpoints.', {
          unit: 's',
        }),
      })
      .prefault({}),
    'The training loop.',
  ),
  decoding: note(
    z
      .strictObject({ type: note(z.enum(['greedy']).default('greedy'), 'How text is read from the output.') })
      .prefault({}),
    'Decoding.',
  ),
});

/** A complete, validated experiment: what `*.asr.yaml` means after defaults. */
export type Experiment = z.output<typeof experimentSchema>;
export type FeatureSpec = Experiment['features'];
export type ModelConfig = Experiment['model'];
export type AugmentConfig = Experiment['augment'];
