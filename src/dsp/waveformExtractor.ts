import type { FeatureSpec } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import type { FeatureExtractor } from './features.ts';

/** Keeps silence finite; of transformers' Wav2Vec2FeatureExtractor. */
const varianceGuard = 1e-7;

/**
 * The samples themselves, a frame of one bin each, for models that make their features inside; normalised per utterance
 * to mean 0 and variance 1 as wav2vec 2.0 wants them.
 */
export function createWaveformExtractor(spec: FeatureSpec): FeatureExtractor {
  const matrix = (samples: Float32Array): FeatureMatrix => ({ frames: samples.length, bins: 1, data: samples.slice() });
  const whole = (samples: Float32Array) => {
    const clip = matrix(samples);
    if (spec.normalization === 'utterance') normalize(clip.data);
    return clip;
  };
  return {
    spec,
    kernel: 'typescript',
    frameCount: (samples) => samples,
    extract: whole,
    reach: ({ firstFrame, frames }) => ({ start: firstFrame, end: firstFrame + frames }),
    decibels() {
      throw new Error('a waveform has no mel bands');
    },
    stream() {
      if (spec.normalization === 'utterance')
        throw new UserError('a waveform that is normalised per utterance cannot stream');
      return { push: matrix, end: () => matrix(new Float32Array(0)) };
    },
  };
}

function normalize(samples: Float32Array): void {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / Math.max(1, samples.length);
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / Math.max(1, samples.length) + varianceGuard);
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i]! - mean) * scale;
}
