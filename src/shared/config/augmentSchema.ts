import { z } from 'zod';
import { note, share } from './keyNotes.ts';

const masks = z.int().min(0).max(20);
const decibelRange = z.tuple([z.number().min(-100).max(100), z.number().min(-100).max(100)]);

export const augmentSchema = z.strictObject({
  speed: note(
    z.array(z.number().min(0.5).max(2)).min(1).default([0.9, 1, 1.1]),
    'Speed factors, one drawn per utterance and epoch; by resampling, so pitch changes too.',
    { source: 'Ko et al. 2015' },
  ),
  policy: note(
    z
      .enum(['custom', 'libriSpeechBasic', 'libriSpeechDouble', 'switchboardMild', 'switchboardStrong'])
      .default('custom'),
    'SpecAugment policy; every policy but custom sets the masks and the time warp itself, its bins scaled from 80 bands; only timeMasks.maxShare stays in force.',
    { source: 'Park et al. 2019, table 1' },
  ),
  timeMasks: note(
    z
      .strictObject({
        count: note(masks.default(2), 'Masks per utterance.'),
        maxMs: note(z.number().min(0).default(100), 'Longest mask.', { unit: 'ms' }),
        maxShare: note(share.default(0.3), 'All time masks together hide at most this share of a clip.'),
      })
      .prefault({}),
    'SpecAugment time masks.',
    { source: 'Park et al. 2019' },
  ),
  frequencyMasks: note(
    z
      .strictObject({
        count: note(masks.default(2), 'Masks per utterance.'),
        maxBins: note(z.int().min(0).default(10), 'Widest mask.', { unit: 'mel bins' }),
        maxShare: note(share.default(0.5), 'All frequency masks together hide at most this share of the bins.'),
      })
      .prefault({}),
    'SpecAugment frequency masks.',
    { source: 'Park et al. 2019' },
  ),
  timeWarpMs: note(
    z.number().min(0).max(2000).default(0),
    'A point of the spectrogram is moved by at most this much and a quarter of the clip, the rest stretched to fit; 0 for none.',
    { unit: 'ms', source: 'Park et al. 2019' },
  ),
  noise: note(
    z
      .strictObject({
        probability: note(share.default(0), 'Share of the utterances that get noise; 0 for none.'),
        files: note(
          z.array(z.string().min(1)).default([]),
          'Noise recordings (WAV, FLAC) or manifests of them (.jsonl, text not needed), relative to this file; empty for white noise.',
        ),
        snrDb: note(
          decibelRange.default([10, 30]),
          'Signal-to-noise ratio of the whole clip, drawn evenly between the two.',
          {
            unit: 'dB',
          },
        ),
      })
      .prefault({}),
    'Noise added to the waveform.',
  ),
  gainDb: note(decibelRange.default([0, 0]), 'Gain of the waveform, drawn evenly between the two.', { unit: 'dB' }),
});
