import type { ConfigRule } from './lintExperiment.ts';

/**
 * What a published guide's settings mean, for `preset: article`. What its config can express is found by the ordinary
 * rules; the rest of its flaws has no key here, because the product does it differently, and is said once.
 */
export const articleRules: readonly ConfigRule[] = [
  ...corrected(
    'lengths',
    'output lengths as the frame count divided by 8',
    'output lengths follow the floor rule of every layer',
  ),
  ...corrected(
    'padding',
    'padding that reaches normalisation, the backward LSTM and attention',
    'padding is masked in every layer, so batch mates never change a result',
  ),
  ...corrected(
    'feature-order',
    'no stated order of normalisation and augmentation',
    'the order is fixed, and the model stores its feature settings',
  ),
  ...corrected(
    'attention-bilinear',
    'attention without a decoder, by a bilinear formula that looks at no location',
    'attention is a decoder with location-aware energies (Chorowski et al. 2015), trained beside CTC',
  ),
  ...corrected(
    'floor-pad',
    'padding and masks of 0 after a clamp and a scale, where 0 is no silence',
    'batches are padded behind what the model masks, and masks are filled with the mean of each band',
  ),
  ...corrected(
    'clip-blind',
    'a fixed clip of the gradient without a look at its norm',
    'the norm’s percentiles are logged with every epoch',
  ),
  ...corrected(
    'shuffle-padding',
    'shuffled batches, of which much is padding',
    'batches are of similar length, shortest first in the first epoch',
  ),
  ...corrected(
    'amp-ctc',
    'CTC in half precision, and clipping before the gradient is unscaled',
    'logits and loss are fp32, and the order is unscale, clip, step',
  ),
  ...corrected(
    'export-static-time',
    'an export with only the batch dynamic, and no check after it',
    'batch and time are dynamic, and export prints a comparison with the model that trained',
  ),
  ...corrected(
    'vote-strings',
    'votes position by position over transcripts of different lengths',
    'models are combined by ROVER, which aligns first, beside their averaged log-probabilities (asr evaluate with several models)',
  ),
  ...corrected(
    'result-card',
    'a word error rate without data, decoder, normalisation, seed or hardware',
    'asr evaluate states them with every rate, and an interval',
  ),
];

function corrected(code: string, asked: string, done: string): ConfigRule[] {
  return [
    {
      code,
      severity: 'info',
      finds: `${asked} (preset article; corrected by the product)`,
      check: ({ preset }) =>
        preset === 'article'
          ? { path: ['preset'], message: `the article has ${asked}; corrected by the product: ${done}` }
          : undefined,
    },
  ];
}
