import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { createPowerSpectrum } from './fft.ts';

test.each([16, 32, 512])('power spectrum of %i points equals the definition', (fftSize) => {
  const random = createRandom('fft', fftSize);
  const frame = Float64Array.from({ length: fftSize }, () => random.normal());
  const expected = Float64Array.from({ length: 1 + fftSize / 2 }, (_, k) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < fftSize; i++) {
      const angle = (-2 * Math.PI * ((i * k) % fftSize)) / fftSize;
      re += frame[i]! * Math.cos(angle);
      im += frame[i]! * Math.sin(angle);
    }
    return re * re + im * im;
  });
  const power = new Float64Array(1 + fftSize / 2);
  createPowerSpectrum(fftSize).transform(frame, power);
  const loudest = Math.max(...expected);
  // float64 rounding over log2(fftSize) stages
  for (const [k, value] of power.entries()) expect(Math.abs(value - expected[k]!) / loudest).toBeLessThan(1e-13);
});
