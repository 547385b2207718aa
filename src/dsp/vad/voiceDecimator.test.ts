import { expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { loadResampler } from '../resample.ts';
import { createVoiceDecimator, decimatedHz } from './voiceDecimator.ts';

const sine = (hz: number, rateHz: number) =>
  Float32Array.from({ length: rateHz }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz));
const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
const middle = (samples: Float32Array) => samples.subarray(1000, samples.length - 1000);

it.each([11_025, 22_050, 44_056, 44_100, 96_000])(
  'keeps the voice of %d Hz as the resampler does, and no more',
  async (rateHz) => {
    const decimate = createVoiceDecimator(rateHz);
    const random = createRandom('decimated');
    let slow = 0;
    // Noise without what lies above 2.5 kHz.
    const noise = Float32Array.from({ length: 2 * rateHz }, () => (slow += (random.normal() - slow) * (3000 / rateHz)));
    const exact = (await loadResampler()).resample(noise, rateHz, decimatedHz);
    const found = decimate(noise);
    expect(found).toHaveLength(2 * decimatedHz);
    const difference = middle(found).map((value, i) => value - middle(exact)[i]!);
    expect(rms(difference) / rms(middle(exact))).toBeLessThan(0.15);
    for (const hz of [100, 1000, 2500]) expect(rms(middle(decimate(sine(hz, rateHz))))).toBeCloseTo(Math.SQRT1_2, 1);
    for (const hz of [4900, 5300].filter((one) => one < rateHz / 2))
      expect(rms(middle(decimate(sine(hz, rateHz))))).toBeLessThan(0.01);
  },
);
