import { z } from 'zod';
import { note, positiveInt, share } from './keyNotes.ts';

export const featuresSchema = z.strictObject({
  type: note(
    z.enum(['logMel', 'fbank', 'mfcc', 'nemo']).default('logMel'),
    'Kind of features: logMel in decibels as librosa and torchaudio; fbank (natural logarithms) and mfcc as Kaldi, on samples as 16-bit integers, without dither or energy, frames centred as for logMel; nemo as the preprocessor of NeMo models: pre-emphasis over the clip, symmetric Hann window, natural logarithms.',
    { source: 'librosa; torchaudio.compliance.kaldi; NeMo' },
  ),
  sampleRateHz: note(positiveInt.min(4000).max(192_000).default(16_000), 'Rate all audio is resampled to.', {
    unit: 'Hz',
  }),
  fftSize: note(positiveInt.min(16).max(16_384).default(512), 'FFT length; a power of two, at least windowSamples.', {
    unit: 'samples',
  }),
  windowSamples: note(
    positiveInt.default(400),
    'Length of the window, centred in the FFT: periodic Hann for logMel, symmetric for nemo, Povey for fbank and mfcc.',
    {
      unit: 'samples',
    },
  ),
  hopSamples: note(positiveInt.default(160), 'Distance between two frames.', { unit: 'samples' }),
  mels: note(positiveInt.max(512).default(80), 'Number of mel bands.'),
  cepstra: note(positiveInt.max(512).default(13), 'Cepstral coefficients kept, the first included; for type mfcc.'),
  lifter: note(z.number().min(0).default(22), 'Cepstral liftering; 0 for none; for type mfcc.', { source: 'Kaldi' }),
  preemphasis: note(
    share.default(0.97),
    'Coefficient of the first-order high-pass before the window; for fbank, mfcc and nemo.',
    {
      source: 'Kaldi; NeMo',
    },
  ),
  melScale: note(
    z.enum(['slaney', 'htk']).default('slaney'),
    'Mel formula and filter norm: slaney (area-normalised, librosa) or htk; for logMel.',
    { source: 'librosa.filters.mel' },
  ),
  padMode: note(
    z.enum(['constant', 'reflect']).default('constant'),
    'How the signal is extended by half an FFT at both ends.',
    { source: 'librosa ≥ 0.10 uses constant' },
  ),
  reference: note(
    z.enum(['fixed', 'max']).default('fixed'),
    '0 dB is a power of 1 (fixed) or the loudest point of the clip (max); for logMel.',
    { source: 'librosa.power_to_db' },
  ),
  topDb: note(
    z.number().positive().nullable().default(null),
    "Clamp values this far below the clip's maximum; null keeps all; for logMel.",
    { unit: 'dB' },
  ),
  scale: note(
    z.enum(['none', 'minusOneToOne']).default('none'),
    'minusOneToOne maps [−topDb, 0] dB to [−1, 1]; for logMel.',
  ),
  lowHz: note(z.number().min(0).default(0), 'Lower edge of the first mel band; Kaldi has 20.', { unit: 'Hz' }),
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
