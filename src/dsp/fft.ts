/** Power spectrum of a real signal in float64. */
export interface PowerSpectrum {
  /** |X[k]|² of `frame` (length fftSize, overwritten) into `power` (length 1 + fftSize/2). */
  transform(frame: Float64Array, power: Float64Array): void;
}

/**
 * Real FFT through a complex one of half the size (Sorensen et al. 1987), radix 2, float64.
 * Written to be read: it is the oracle of the vectorised kernel and its fallback.
 */
export function createPowerSpectrum(fftSize: number): PowerSpectrum {
  const half = fftSize / 2;
  const cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / fftSize));
  const sin = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / fftSize));
  const reversed = bitReversal(half);
  const re = new Float64Array(half);
  const im = new Float64Array(half);

  return {
    transform(frame, power) {
      for (let i = 0; i < half; i++) {
        re[reversed[i]!] = frame[2 * i]!;
        im[reversed[i]!] = frame[2 * i + 1]!;
      }
      for (let size = 2; size <= half; size *= 2) butterflies(re, im, size, cos, sin);
      power[0] = (re[0]! + im[0]!) ** 2;
      power[half] = (re[0]! - im[0]!) ** 2;
      for (let k = 1; k < half; k++) {
        const evenRe = (re[k]! + re[half - k]!) / 2;
        const evenIm = (im[k]! - im[half - k]!) / 2;
        const oddRe = (im[k]! + im[half - k]!) / 2;
        const oddIm = (re[half - k]! - re[k]!) / 2;
        const spectrumRe = evenRe + oddRe * cos[k]! - oddIm * sin[k]!;
        const spectrumIm = evenIm + oddRe * sin[k]! + oddIm * cos[k]!;
        power[k] = spectrumRe * spectrumRe + spectrumIm * spectrumIm;
      }
    },
  };
}

function butterflies(re: Float64Array, im: Float64Array, size: number, cos: Float64Array, sin: Float64Array): void {
  const half = size / 2;
  const stride = (2 * cos.length) / size;
  for (let start = 0; start < re.length; start += size) {
    for (let i = 0; i < half; i++) {
      const upper = start + i;
      const lower = upper + half;
      const w = i * stride;
      const turnedRe = re[lower]! * cos[w]! - im[lower]! * sin[w]!;
      const turnedIm = re[lower]! * sin[w]! + im[lower]! * cos[w]!;
      re[lower] = re[upper]! - turnedRe;
      im[lower] = im[upper]! - turnedIm;
      re[upper] = re[upper]! + turnedRe;
      im[upper] = im[upper]! + turnedIm;
    }
  }
}

function bitReversal(size: number): Int32Array {
  const reversed = new Int32Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  return reversed;
}
