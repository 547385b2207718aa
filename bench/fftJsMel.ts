import FFT from 'fft.js';
import type { LogMelPlan } from '../src/dsp/logMelPlan.ts';

/** Log-mel the usual way in JavaScript: fft.js and the same sparse filters, constant padding, decibels with reference 1. */
export function createFftJsMel(plan: LogMelPlan): (samples: Float32Array) => Float32Array {
  const { fftSize, hopSamples, window, filters } = plan;
  const { mels, firstBin, offset, weights } = filters;
  const fft = new FFT(fftSize);
  const frame = new Array<number>(fftSize).fill(0);
  const spectrum = fft.createComplexArray();
  const power = new Float64Array(1 + fftSize / 2);

  return (samples) => {
    const padded = new Float32Array(samples.length + fftSize);
    padded.set(samples, fftSize / 2);
    const frames = 1 + Math.floor(samples.length / hopSamples);
    const output = new Float32Array(frames * mels);
    for (let f = 0; f < frames; f++) {
      for (let i = 0; i < fftSize; i++) frame[i] = padded[f * hopSamples + i]! * window[i]!;
      fft.realTransform(spectrum, frame);
      for (let k = 0; k <= fftSize / 2; k++) power[k] = spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
      for (let m = 0; m < mels; m++) {
        let sum = 0;
        const bin = firstBin[m]! - offset[m]!;
        for (let i = offset[m]!; i < offset[m + 1]!; i++) sum += weights[i]! * power[bin + i]!;
        output[f * mels + m] = 10 * Math.log10(Math.max(sum, 1e-10));
      }
    }
    return output;
  };
}
