import { createPowerSpectrum } from '../fft.ts';
import { type FrameEmphasis, framesPerCall, type LogMelKernel, type LogMelPlan, minPower } from '../logMelPlan.ts';

/** The log-mel frame loop in float64: the fallback where WebAssembly SIMD is missing, and the oracle in tests. */
export function createTypescriptKernel(plan: LogMelPlan): LogMelKernel {
  const { fftSize, hopSamples, window, filters } = plan;
  const { mels, firstBin, offset, weights } = filters;
  const capacity = framesPerCall(plan);
  const input = new Float32Array((capacity - 1) * hopSamples + fftSize);
  const output = new Float32Array(capacity * mels);
  const spectrum = createPowerSpectrum(fftSize);
  const frame = new Float64Array(fftSize);
  const power = new Float64Array(1 + fftSize / 2);

  const melPower = (mel: number) => {
    let sum = 0;
    const bin = firstBin[mel]! - offset[mel]!;
    for (let i = offset[mel]!; i < offset[mel + 1]!; i++) sum += weights[i]! * power[bin + i]!;
    return sum;
  };

  return {
    kind: 'typescript',
    capacity,
    input,
    output,
    process(frames) {
      let loudest = Number.NEGATIVE_INFINITY;
      for (let f = 0; f < frames; f++) {
        const start = f * hopSamples;
        if (plan.emphasis) emphasizeFrame(input, start, frame, plan.emphasis);
        else for (let i = 0; i < fftSize; i++) frame[i] = input[start + i]!;
        for (let i = 0; i < fftSize; i++) frame[i]! *= window[i]!;
        spectrum.transform(frame, power);
        for (let m = 0; m < mels; m++) {
          const value = melPower(m);
          const decibels = Number.isFinite(value) ? 10 * Math.log10(Math.max(value, minPower)) : Number.NaN;
          output[f * mels + m] = decibels;
          loudest = Math.max(loudest, decibels);
        }
      }
      return Math.fround(loudest);
    },
    rescale(count, floor, gain, shift) {
      for (let i = 0; i < count; i++) output[i] = Math.max(output[i]!, floor) * gain + shift;
    },
  };
}

/** Writes samples [start, end) of the frame, its own mean taken off, less the predecessor's share; the first precedes itself. */
function emphasizeFrame(
  input: Float32Array,
  at: number,
  frame: Float64Array,
  { start, end, coefficient }: FrameEmphasis,
): void {
  frame.fill(0);
  let sum = 0;
  for (let i = start; i < end; i++) sum += input[at + i]!;
  const mean = sum / (end - start);
  let before = input[at + start]! - mean;
  for (let i = start; i < end; i++) {
    const value = input[at + i]! - mean;
    frame[i] = value - coefficient * before;
    before = value;
  }
}
