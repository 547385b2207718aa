import type { FeatureMatrix } from './featureMatrix.ts';
import type { FrameRange } from './featureStream.ts';
import type { LogMelKernel } from './logMelPlan.ts';
import { type ClipPart, fillPadded, type PadMode } from './padding.ts';

export interface FrameShape {
  hopSamples: number;
  fftSize: number;
  mels: number;
  padMode: PadMode;
}

/** Decibels as the kernel gives them, and the loudest. */
export interface Computed {
  matrix: FeatureMatrix; // [frames, mels]
  peak: number;
}

/** Frames of any length through a kernel, as many at a time as it holds. */
export function createFrameLoop({ hopSamples, fftSize, mels, padMode }: FrameShape, kernel: LogMelKernel) {
  return (part: ClipPart, range: FrameRange): Computed => {
    const data = new Float32Array(range.frames * mels);
    let peak = Number.NEGATIVE_INFINITY;
    for (let done = 0; done < range.frames; done += kernel.capacity) {
      const frames = Math.min(kernel.capacity, range.frames - done);
      const position = (range.firstFrame + done) * hopSamples - fftSize / 2;
      fillPadded(kernel.input, part, position, (frames - 1) * hopSamples + fftSize, padMode);
      peak = Math.max(peak, kernel.process(frames));
      data.set(kernel.output.subarray(0, frames * mels), done * mels);
    }
    return { matrix: { frames: range.frames, bins: mels, data }, peak };
  };
}
