import type { Problem } from '../shared/problem.ts';
import { audioWarning } from './audioError.ts';
import { createPowerSpectrum } from './fft.ts';

/** Average power spectrum of evenly spread frames of a recording. */
export interface BandwidthMeter {
  /** The next samples, in order. */
  add(samples: Float32Array): void;
  /** Mean power per bin over the frames with sound, [1 + fftSize / 2]; undefined where there were too few. */
  spectrum(): Float64Array | undefined;
}

const fftSize = 1024;
const wantedFrames = 400;
const minFrames = 4;

/** `frames` is the length of the recording, over which at most 400 frames of 1024 samples are spread. */
export function createBandwidthMeter(frames: number): BandwidthMeter {
  const every = Math.max(1, Math.floor(frames / fftSize / wantedFrames)) * fftSize;
  const transform = createPowerSpectrum(fftSize);
  // Side lobes must fall faster than the spectrum of speech: Blackman–Harris, −92 dB.
  const window = Float64Array.from({ length: fftSize }, (_, i) => {
    const angle = (2 * Math.PI * i) / fftSize;
    return 0.35875 - 0.48829 * Math.cos(angle) + 0.14128 * Math.cos(2 * angle) - 0.01168 * Math.cos(3 * angle);
  });
  const frame = new Float64Array(fftSize);
  const power = new Float64Array(1 + fftSize / 2);
  const total = new Float64Array(1 + fftSize / 2);
  let position = 0;
  let filled = 0;
  let taken = 0;
  return {
    add(samples) {
      for (let i = 0; i < samples.length; i++, position++) {
        if (filled === 0 && position % every !== 0) continue;
        frame[filled] = samples[i]! * window[filled]!;
        if (++filled < fftSize) continue;
        filled = 0;
        transform.transform(frame, power);
        taken++;
        for (let k = 0; k < total.length; k++) total[k]! += power[k]!;
      }
    },
    spectrum: () => (taken >= minFrames ? total.map((value) => value / taken) : undefined),
  };
}

/** Recordings narrower than this share of their band are reported. */
const suspiciousShare = 0.8;
/** The floor lies this far below the loudest bin, and a resampler's edge rises this far from it in 1/16 of the band. */
const floorDecibels = -55;
const edgeDecibels = 25;

/**
 * Audio that was recorded at a lower rate and raised: nothing above some frequency, behind an edge as steep as only
 * a resampler (or a lossy codec) makes. Speech itself falls off gently and leaves noise above.
 */
export function bandwidthProblem(meter: BandwidthMeter, sampleRateHz: number): Problem | undefined {
  const spectrum = meter.spectrum();
  if (!spectrum) return undefined;
  const peak = spectrum.reduce((max, value) => Math.max(max, value), 1e-20);
  const levels = spectrum.map((value) => 10 * Math.log10(value / peak + 1e-20));
  const bins = spectrum.length - 1;
  const top = levels.subarray(Math.ceil(suspiciousShare * bins));
  const floor = Math.max(...top);
  let edge = bins;
  while (edge > 0 && levels[edge]! <= floor + 3) edge--;
  const below = edge - Math.ceil(bins / 16);
  const share = edge / bins;
  if (share > suspiciousShare || below < 1 || floor > floorDecibels) return undefined;
  if (levels[below]! - floor < edgeDecibels) return undefined;
  const hertz = Math.round((share * sampleRateHz) / 2 / 100) * 100;
  return audioWarning(
    'audio-upsampled',
    `nothing above ${hertz} Hz: recorded at about ${2 * hertz} Hz or passed through a lossy codec`,
    'info',
  );
}
