import { featureConflicts } from '../shared/config/conflicts.ts';
import type { FeatureSpec } from '../shared/config/schema.ts';
import { type Problem, UserError } from '../shared/problem.ts';
import { type MelFilters, melFilters } from './mel.ts';
import { hannWindow, poveyWindow, symmetricHannWindow } from './window.ts';

/** What both implementations of the log-mel frame loop are built from. */
export interface LogMelPlan {
  fftSize: number;
  hopSamples: number;
  window: Float64Array; // [fftSize]
  filters: MelFilters;
  emphasis?: FrameEmphasis;
}

/** Before the window, a frame loses its mean over samples [start, end), then each sample `coefficient` times the one before. */
export interface FrameEmphasis {
  start: number;
  end: number;
  coefficient: number;
}

/** Turns samples into mel bands in dB, many frames at a time, in buffers of its own. */
export interface LogMelKernel {
  readonly kind: 'wasm' | 'typescript';
  /** Frames that fit in one call of `process`. */
  readonly capacity: number;
  /** The caller writes (frames − 1)·hop + fftSize samples here before `process(frames)`. */
  readonly input: Float32Array;
  readonly output: Float32Array; // [capacity, mels]
  /**
   * 10·log10(max(1e-10, mel power)) of frames 0 … frames − 1 into `output`; returns the largest.
   * A band whose power is not finite becomes NaN, and so does the returned value.
   */
  process(frames: number): number;
  /** The first `count` values of `output` become max(value, floor)·gain + offset; the caller may have written them. */
  rescale(count: number, floor: number, gain: number, offset: number): void;
}

/** Power below this counts as this: amin of librosa.power_to_db and torchaudio.transforms.AmplitudeToDB. */
export const minPower = 1e-10;

/** Kaldi reads samples as 16-bit integers. */
export const kaldiAmplitude = 2 ** 15;

/** Frames per call: enough to hide the call, few enough to stay in cache and to bound memory for long files. */
export function framesPerCall(plan: LogMelPlan): number {
  const frames = Math.floor((1 << 19) / Math.max(plan.hopSamples, plan.filters.mels));
  return Math.max(16, frames & ~3);
}

/** Computes the tables. Throws UserError for settings that contradict each other, as a config's problems name them. */
export function planLogMel(spec: FeatureSpec): LogMelPlan {
  const problems = [...featureConflicts(spec)].map(
    ({ message }): Problem => ({ code: 'features-invalid', severity: 'error', message }),
  );
  if (problems.length > 0) throw new UserError(problems[0]!.message, problems);
  const { fftSize, windowSamples, hopSamples } = spec;
  const filters = melFilters(spec);
  if (spec.type === 'logMel') return { fftSize, hopSamples, window: hannWindow(windowSamples, fftSize), filters };
  if (spec.type === 'nemo') {
    // Louder, so that the kernel's floor lies far below NeMo's guard.
    const window = symmetricHannWindow(windowSamples, fftSize).map((value) => value * kaldiAmplitude);
    return { fftSize, hopSamples, window, filters };
  }
  const window = poveyWindow(windowSamples, fftSize).map((value) => value * kaldiAmplitude);
  const start = (fftSize - windowSamples) >> 1;
  const emphasis = { start, end: start + windowSamples, coefficient: spec.preemphasis };
  return { fftSize, hopSamples, window, filters, emphasis };
}
