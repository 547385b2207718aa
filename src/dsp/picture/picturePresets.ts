import type { FreePicture } from '../../shared/protocol/spectrogramPicture.ts';
import { fftSizes } from './freePicture.ts';

export const presetNames = ['wideBand', 'narrowBand', 'linear'] as const;
export type PresetName = (typeof presetNames)[number];

/**
 * Wide band: short windows show single glottal pulses and formants; narrow band: long ones show single harmonics. Both
 * up to 8 kHz, where speech is; linear has the window of speech recognition and all that the file holds.
 */
export function picturePreset(name: PresetName, sampleRateHz: number): FreePicture {
  const windowMs = { wideBand: 5, narrowBand: 40, linear: 25 }[name];
  const windowSamples = (windowMs * sampleRateHz) / 1000;
  // Twice the window, so that rows are no coarser than what it resolves.
  const fftSize = fftSizes.find((size) => size >= Math.max(512, 2 * windowSamples)) ?? fftSizes.at(-1)!;
  const highHz = name === 'linear' || sampleRateHz <= 16_000 ? null : 8000;
  return {
    ...{ kind: 'free', scale: 'linear', fftSize, windowMs, window: 'hann', hopMs: name === 'wideBand' ? 2 : 10 },
    ...{ bands: 80, lowHz: 0, highHz, floorDb: -100 },
  };
}
