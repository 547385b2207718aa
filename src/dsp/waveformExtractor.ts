import type { FeatureSpec } from '../shared/config/schema.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import type { FeatureExtractor } from './features.ts';

/** The samples themselves, a frame of one bin each, for models that make their features inside. */
export function createWaveformExtractor(spec: FeatureSpec): FeatureExtractor {
  const matrix = (samples: Float32Array): FeatureMatrix => ({ frames: samples.length, bins: 1, data: samples.slice() });
  return {
    spec,
    kernel: 'typescript',
    frameCount: (samples) => samples,
    extract: matrix,
    reach: ({ firstFrame, frames }) => ({ start: firstFrame, end: firstFrame + frames }),
    decibels() {
      throw new Error('a waveform has no mel bands');
    },
    stream: () => ({ push: matrix, end: () => matrix(new Float32Array(0)) }),
  };
}
