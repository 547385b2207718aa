import { z } from 'zod';
import { fraction, note, positiveInt } from './keyNotes.ts';

const blockSchema = z.strictObject({
  channels: note(positiveInt.max(4096), 'Output channels of the 3×3 convolutions.'),
  pool: note(z.tuple([positiveInt.max(8), positiveInt.max(8)]), 'Max-pooling over [time, frequency].'),
});

const rnnSchema = z.strictObject({
  cell: note(z.enum(['lstm', 'gru']).default('lstm'), 'Recurrent cell, with PyTorch’s equations.', {
    source: 'torch.nn.LSTM, torch.nn.GRU',
  }),
  hiddenSize: note(positiveInt.max(4096).default(256), 'Units per direction.'),
  layers: note(positiveInt.max(8).default(2), 'Stacked layers.'),
  bidirectional: note(z.boolean().default(true), 'Reads the utterance in both directions; rules out streaming.'),
  projection: note(
    z.int().min(0).max(4096).default(256),
    'Linear layer between convolutions and recurrence; 0 for none.',
  ),
});

const conformerSchema = z.strictObject({
  dimension: note(positiveInt.max(2048).default(144), 'Width of every block.'),
  layers: note(positiveInt.max(64).default(16), 'Stacked blocks.'),
  heads: note(positiveInt.max(64).default(4), 'Attention heads; they divide the dimension.'),
  kernelSize: note(positiveInt.max(127).default(31), 'Frames of the depthwise convolution; odd.'),
  feedForwardFactor: note(positiveInt.max(8).default(4), 'Inner width of the feed-forward modules over the dimension.'),
  positions: note(
    z.enum(['rotary', 'none']).default('rotary'),
    'How attention knows positions: rotary turns queries and keys by their frame.',
    { source: 'Su et al. 2021' },
  ),
  subsampling: note(
    z.union([z.literal(2), z.literal(4), z.literal(8)]).default(4),
    'Feature frames per output frame, by strided 3×3 convolutions.',
  ),
  subsamplingChannels: note(positiveInt.max(2048).default(64), 'Channels of those convolutions.'),
  stochasticDepth: note(
    fraction.default(0),
    'Chance of leaving out the last block in a training step; earlier blocks proportionally less.',
    { source: 'Huang et al. 2016' },
  ),
});

const attentionSchema = z.strictObject({
  enabled: note(z.boolean().default(false), 'Adds a decoder with location-aware attention beside CTC.', {
    source: 'Chorowski et al. 2015',
  }),
  hiddenSize: note(positiveInt.max(4096).default(256), 'Units of the decoder’s LSTM.'),
  embeddingSize: note(positiveInt.max(4096).default(128), 'Width of the embedding of the previous token.'),
  attentionSize: note(positiveInt.max(4096).default(128), 'Width in which content and location energies are added.'),
  locationChannels: note(positiveInt.max(1024).default(10), 'Filters over the previous alignment.'),
  locationKernel: note(positiveInt.max(1001).default(31), 'Output frames each of those filters spans; odd.'),
});

export const modelSchema = z.strictObject({
  type: note(
    z.enum(['crnn', 'conformer']).default('crnn'),
    'Architecture: crnn (VGG blocks and recurrence) trains well on a CPU, conformer is made for GPUs.',
    { source: 'conformer: Gulati et al. 2020' },
  ),
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
    'VGG blocks of crnn: convolution, normalisation, ReLU, max-pooling.',
    { source: 'Simonyan & Zisserman 2014' },
  ),
  convolutionsPerBlock: note(
    z.union([z.literal(1), z.literal(2)]).default(1),
    'Convolutions in each block, each with its normalisation and ReLU; VGG has two.',
  ),
  norm: note(
    z.enum(['none', 'batch', 'layer']).default('batch'),
    'Normalisation in each block; statistics ignore padding.',
  ),
  residual: note(
    z.boolean().default(false),
    'Adds the input of each block (by a 1×1 convolution where channels differ) and of each recurrent layer of equal width to its output.',
    { source: 'He et al. 2015' },
  ),
  rnn: note(rnnSchema.prefault({}), 'Recurrent layers of crnn.'),
  conformer: note(conformerSchema.prefault({}), 'Blocks of conformer.'),
  dropout: note(
    fraction.default(0.3),
    'Dropout after the projection, between recurrent layers, in conformer modules, in the decoder and before the output.',
  ),
  attention: note(attentionSchema.prefault({}), 'Attention decoder.'),
});
