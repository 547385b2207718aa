import { voiceRatesHz } from './voiceDetector.ts';

/** The detector looks at 80 Hz to 4 kHz only. */
export const decimatedHz = voiceRatesHz[0]!;
/** Of the sinc on either side: what aliases lies 40 dB lower, which is enough to tell speech from noise. */
const crossings = 6;
/** Of the band: the filter's slope lies below its end. */
const cutoffShare = 0.85;

/**
 * Brings a higher rate down to the detector's lowest at a tenth of the resampler's cost: [n] → [floor(n · 8000 / fromHz)],
 * aligned to the input, a Hann-windowed sinc for each phase.
 */
export function createVoiceDecimator(fromHz: number): (samples: Float32Array) => Float32Array {
  const phases = decimatedHz / greatestCommonDivisor(fromHz, decimatedHz);
  const cutoff = (cutoffShare * decimatedHz) / fromHz; // in half-cycles per sample
  const reach = Math.ceil(crossings / cutoff);
  const taps = 2 * reach + 1;
  const filters = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const fraction = ((phase * fromHz) / decimatedHz) % 1;
    for (let tap = 0; tap < taps; tap++)
      filters[phase * taps + tap] = weight(tap - reach - fraction, cutoff, reach + 1);
  }
  return (samples) => {
    const result = new Float32Array(Math.floor((samples.length * decimatedHz) / fromHz));
    for (let i = 0; i < result.length; i++) {
      const first = Math.floor((i * fromHz) / decimatedHz) - reach;
      const filter = (i % phases) * taps;
      const end = Math.min(taps, samples.length - first);
      let sum = 0;
      for (let tap = Math.max(0, -first); tap < end; tap++) sum += filters[filter + tap]! * samples[first + tap]!;
      result[i] = sum;
    }
    return result;
  };
}

function weight(at: number, cutoff: number, reach: number): number {
  const angle = Math.PI * cutoff * at;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return Math.abs(at) >= reach ? 0 : cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * at) / reach));
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
