import type { FeatureMatrix } from './featureMatrix.ts';

export interface CepstraSettings {
  mels: number;
  cepstra: number;
  lifter: number;
}

/**
 * Cepstra of log-mel rows: orthonormal DCT-II, then liftering by 1 + lifter/2 · sin(π·k/lifter).
 * Matches torchaudio.compliance.kaldi.mfcc with use_energy=False: coefficient 0 is the scaled sum of the bands.
 */
export function createCepstra({ mels, cepstra, lifter }: CepstraSettings): (rows: FeatureMatrix) => FeatureMatrix {
  const weights = Float64Array.from({ length: cepstra * mels }, (_, i) => {
    const [k, m] = [Math.floor(i / mels), i % mels];
    const norm = Math.sqrt((k === 0 ? 1 : 2) / mels);
    const lift = lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * k) / lifter);
    return lift * norm * Math.cos((Math.PI / mels) * (m + 0.5) * k);
  });
  return ({ frames, data }) => {
    const result = new Float32Array(frames * cepstra);
    for (let row = 0; row < frames; row++)
      for (let k = 0; k < cepstra; k++) {
        let sum = 0;
        for (let m = 0, at = row * mels, w = k * mels; m < mels; m++) sum += data[at + m]! * weights[w + m]!;
        result[row * cepstra + k] = sum;
      }
    return { frames, bins: cepstra, data: result };
  };
}
