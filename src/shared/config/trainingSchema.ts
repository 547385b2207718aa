import { z } from 'zod';
import { fraction, note, positiveInt, share } from './keyNotes.ts';

export const lossSchema = z.strictObject({
  ctcWeight: note(
    share.default(1),
    'Share of CTC in the loss; the rest is the attention decoder’s cross-entropy: λ·CTC + (1 − λ)·CE.',
    { source: 'Kim et al. 2017' },
  ),
  labelSmoothing: note(
    fraction.default(0),
    'Label smoothing of the decoder’s cross-entropy; with CTC alone the weight ε of (1 − ε)·CTC + ε·KL(uniform ‖ output) on valid frames.',
    { source: 'Szegedy et al. 2015; for CTC after Kim et al. 2018' },
  ),
});

export const optimizerSchema = z.strictObject({
  type: note(z.enum(['adamw', 'sgd']).default('adamw'), 'Update rule.', {
    source: 'Loshchilov & Hutter 2019; torch.optim.AdamW, torch.optim.SGD',
  }),
  learningRate: note(z.number().positive().max(10).default(1e-3), 'Peak learning rate.'),
  weightDecay: note(
    z.number().min(0).max(1).default(0.01),
    'Weight decay on weight matrices, decoupled for adamw; biases and norms have none.',
  ),
  momentum: note(fraction.default(0.9), 'Momentum of sgd.'),
  nesterov: note(z.boolean().default(false), 'Nesterov momentum for sgd.'),
  clipNorm: note(z.number().positive().nullable().default(1), 'Largest global gradient norm; null never clips.'),
});

export const scheduleSchema = z.strictObject({
  type: note(
    z.enum(['constant', 'warmup', 'oneCycle', 'cosineWarmRestarts', 'plateau']).default('oneCycle'),
    'Learning-rate schedule: warmup rises to the peak and falls with the inverse square root of the step.',
    { source: 'torch.optim.lr_scheduler; warmup: Vaswani et al. 2017' },
  ),
  warmupFraction: note(fraction.default(0.15), 'Share of all steps in which oneCycle and warmup rise.'),
  t0Epochs: note(positiveInt.max(100_000).default(10), 'Epochs of the first cycle of cosineWarmRestarts.'),
  tMult: note(
    positiveInt.max(16).default(2),
    'Each cycle of cosineWarmRestarts is this many times as long as the one before.',
  ),
  per: note(
    z.enum(['step', 'epoch']).default('step'),
    'Whether cosineWarmRestarts moves with every step or once per epoch.',
  ),
  minLearningRate: note(z.number().min(0).max(10).default(0), 'Lowest rate of cosineWarmRestarts and plateau.'),
  factor: note(z.number().positive().lt(1).default(0.5), 'plateau multiplies the rate by this.'),
  patienceEpochs: note(z.int().min(0).max(100_000).default(3), 'Epochs without a better dev WER that plateau waits.'),
  threshold: note(fraction.default(1e-4), 'Least relative improvement that plateau counts.'),
});

export const trainingSchema = z.strictObject({
  epochs: note(positiveInt.max(100_000).default(40), 'Passes over the training data.'),
  batchSeconds: note(
    z.union([z.literal('auto'), z.number().positive().max(3600)]).default(40),
    'Audio per batch, padding included; auto takes the most, up to 60, whose forecast fits 60 % of the free memory.',
    { unit: 's' },
  ),
  precision: note(
    z.enum(['fp32', 'fp16']).default('fp32'),
    'Arithmetic of the forward and backward pass; fp16 keeps weights and loss in fp32 and scales the loss.',
    { source: 'torch.cuda.amp' },
  ),
  device: note(
    z.enum(['auto', 'cpu', 'webgpu', 'cuda']).default('auto'),
    'Where the graph runs; auto takes the fastest device that works and says why.',
  ),
  threads: note(
    z.union([z.literal('auto'), positiveInt.max(256)]).default('auto'),
    'Threads of the graph; auto is the number of physical cores.',
  ),
  accumulate: note(positiveInt.max(1024).default(1), 'Batches per optimizer step.'),
  averageLast: note(
    z.int().min(0).max(100).default(0),
    'At the end, the weights of so many last epochs are averaged and scored; 0 for none.',
  ),
  averageBest: note(
    z.int().min(0).max(100).default(0),
    'At the end, the weights of so many best epochs are averaged and scored; 0 for none.',
  ),
  emaDecay: note(
    fraction.default(0),
    'Decay per step of an exponential moving average of the weights, which is then what is scored and kept as best; 0 for none.',
    { source: 'torch.optim.swa_utils.AveragedModel' },
  ),
  earlyStopEpochs: note(z.int().min(0).default(0), 'Stop after so many epochs without a better dev WER; 0 never.'),
  checkpointEverySec: note(z.number().positive().default(300), 'Longest time between two checkpoints.', {
    unit: 's',
  }),
  keepCheckpoints: note(
    z.int().min(0).max(1000).default(2),
    'So many checkpoints before the last one are kept, to go back to; each takes the space of weights and optimizer state.',
  ),
});

export const decodingSchema = z.strictObject({
  type: note(
    z.enum(['greedy', 'beam', 'attention', 'joint']).default('greedy'),
    'How text is read: greedy takes the likeliest CTC path, beam the likeliest text by CTC and a language model, attention and joint search with the decoder.',
    { source: 'beam: Hannun et al. 2014; joint: Hori et al. 2017' },
  ),
  beamWidth: note(positiveInt.max(256).default(8), 'Hypotheses kept by beam, attention and joint.'),
  ctcWeight: note(share.default(0.3), 'Share of CTC in the scores of joint.'),
  languageModel: note(
    z.string().min(1).nullable().default(null),
    'Word n-gram model for beam (ARPA file, as asr lm train writes it), relative to this file; null for none.',
    { source: 'modified Kneser–Ney: Chen & Goodman 1998' },
  ),
  lmWeight: note(
    z.number().min(0).max(10).default(0.5),
    'Weight of the language model’s logarithms beside CTC’s; asr evaluate --tune-lm finds it on dev data.',
  ),
  wordBonus: note(
    z.number().min(-20).max(20).default(0),
    'Added to the score of beam for each word, natural logarithm: against the language model’s liking for few words.',
  ),
  hotwords: note(z.array(z.string().min(1)).default([]), 'Words and phrases that beam favours, such as names.'),
  hotwordBoost: note(
    z.number().min(0).max(50).default(4),
    'What each hotword adds to the score of beam, natural logarithm; letter by letter while it is being read.',
  ),
  blankThreshold: note(
    z.number().min(0.5).max(1).default(1),
    'Frames whose blank is at least this likely begin no unit in beam, which is faster; 1 considers all frames.',
  ),
});
