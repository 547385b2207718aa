import { z } from 'zod';
import { augmentSchema } from './augmentSchema.ts';
import { featuresSchema } from './featuresSchema.ts';
import { note, positiveInt } from './keyNotes.ts';
import { modelSchema } from './modelSchema.ts';
import { decodingSchema, lossSchema, optimizerSchema, scheduleSchema, trainingSchema } from './trainingSchema.ts';

export const experimentSchema = z.strictObject({
  version: note(z.literal(1).default(1), 'Version of this format.'),
  preset: note(
    z.enum(['small', 'article', 'conformer-small']).default('small'),
    'Set of defaults; keys written out win.',
  ),
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
    z
      .strictObject({
        type: note(z.enum(['char', 'bpe']).default('char'), 'Unit of the output: characters, or pieces of words.', {
          source: 'bpe: Sennrich et al. 2016',
        }),
        vocabularySize: note(
          positiveInt.min(2).max(100_000).default(256),
          'Units of bpe: the blank, the characters of text.keep, then pieces of words learned from the training transcripts.',
        ),
      })
      .prefault({}),
    'Output units.',
  ),
  features: note(featuresSchema.prefault({}), 'What the model sees.'),
  augment: note(
    augmentSchema.prefault({}),
    'Augmentation, training only; in this order: speed, noise, gain, features, normalisation, time warp, masks.',
  ),
  model: note(modelSchema.prefault({}), 'Architecture.'),
  loss: note(lossSchema.prefault({}), 'Training loss.'),
  optimizer: note(optimizerSchema.prefault({}), 'Optimizer.'),
  schedule: note(scheduleSchema.prefault({}), 'Learning-rate schedule.'),
  training: note(trainingSchema.prefault({}), 'The training loop.'),
  decoding: note(decodingSchema.prefault({}), 'Decoding.'),
});

/** A complete, validated experiment: what `*.asr.yaml` means after defaults. */
export type Experiment = z.output<typeof experimentSchema>;
/** Features of a config, or for models exported elsewhere the samples themselves, a frame each. */
export type FeatureSpec = Omit<Experiment['features'], 'type'> & { type: Experiment['features']['type'] | 'waveform' };
export type ModelConfig = Experiment['model'];
export type AugmentConfig = Experiment['augment'];
