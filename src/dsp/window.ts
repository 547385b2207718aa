import type { WindowKind } from '../shared/protocol/spectrogramPicture.ts';

/**
 * Periodic Hann window of `windowSamples`, centred in `fftSize` with zeros on both sides.
 * Matches torch.stft and librosa.stft with win_length < n_fft, and like theirs a window of one sample is 1.
 */
export function hannWindow(windowSamples: number, fftSize: number): Float64Array {
  const window = new Float64Array(fftSize);
  if (windowSamples === 1) return window.fill(1, (fftSize - 1) >> 1, (fftSize + 1) >> 1);
  const start = (fftSize - windowSamples) >> 1;
  for (let i = 0; i < windowSamples; i++) window[start + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / windowSamples);
  return window;
}

/**
 * Kaldi's window: a symmetric Hann window to the power 0.85, centred in `fftSize` with zeros on both sides.
 * Matches window_type='povey' of torchaudio.compliance.kaldi.
 */
export function poveyWindow(windowSamples: number, fftSize: number): Float64Array {
  return symmetricHannWindow(windowSamples, fftSize).map((value) => value ** 0.85);
}

/** Hann window whose last sample is 0 too, centred in `fftSize`: torch.hann_window(periodic=False), as NeMo's. */
export function symmetricHannWindow(windowSamples: number, fftSize: number): Float64Array {
  const window = new Float64Array(fftSize);
  const start = (fftSize - windowSamples) >> 1;
  if (windowSamples === 1) window[start] = 1;
  else
    for (let i = 0; i < windowSamples; i++)
      window[start + i] = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (windowSamples - 1));
  return window;
}

/** a0 − a1·cos(x) + a2·cos(2x) − …, x from 0 up to 2π over the window. */
const cosineTerms: Record<WindowKind, number[]> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  blackmanHarris: [0.35875, 0.48829, 0.14128, 0.01168],
  rectangular: [1],
};

/** Any of the windows, periodic, centred in `fftSize` as `hannWindow` is. Matches scipy.signal.get_window. */
export function periodicWindow(kind: WindowKind, windowSamples: number, fftSize: number): Float64Array {
  if (kind === 'hann' || windowSamples === 1) return hannWindow(windowSamples, fftSize);
  const window = new Float64Array(fftSize);
  const start = (fftSize - windowSamples) >> 1;
  for (let i = 0; i < windowSamples; i++) {
    const x = (2 * Math.PI * i) / windowSamples;
    window[start + i] = cosineTerms[kind].reduce((sum, term, k) => sum + (k % 2 ? -term : term) * Math.cos(k * x), 0);
  }
  return window;
}
