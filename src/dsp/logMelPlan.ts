import type { FeatureSpec } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import { type MelFilters, melFilters } from './mel.ts';
import { hannWindow } from './window.ts';

/** What both implementations of the log-mel frame loop are built from. */
export interface LogMelPlan {
  fftSize: number;
  hopSamples: number;
  window: Float64Array; // [fftSize]
  filters: MelFilters;
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

/** Frames per call: enough to hide the call, few enough to stay in cache and to bound memory for long files. */
export function framesPerCall(plan: LogMelPlan): number {
  const frames = Math.floor((1 << 19) / Math.max(plan.hopSamples, plan.filters.mels));
  return Math.max(16, frames & ~3);
}

/** Checks what the schema cannot see in one key alone, and computes the tables. Throws UserError. */
export function planLogMel(spec: FeatureSpec): LogMelPlan {
  const { fftSize, windowSamples, sampleRateHz, lowHz } = spec;
  const highHz = spec.highHz ?? sampleRateHz / 2;
  const complain = (message: string): never => {
    throw new UserError(message, [{ code: 'features-invalid', severity: 'error', message }]);
  };
  if (fftSize < 16 || (fftSize & (fftSize - 1)) !== 0)
    complain(`features.fftSize is ${fftSize}; use a power of two of at least 16, such as 512.`);
  if (windowSamples > fftSize)
    complain(`features.windowSamples (${windowSamples}) is longer than features.fftSize (${fftSize}).`);
  if (spec.hopSamples > sampleRateHz)
    complain(`features.hopSamples is ${spec.hopSamples}, more than a second; 160 at 16 kHz is usual.`);
  if (highHz > sampleRateHz / 2)
    complain(`features.highHz is ${highHz}; ${sampleRateHz} Hz audio holds nothing above ${sampleRateHz / 2} Hz.`);
  if (lowHz >= highHz) complain(`features.lowHz (${lowHz}) must be below the upper edge (${highHz} Hz).`);
  if (spec.scale === 'minusOneToOne' && spec.topDb === null)
    complain('features.scale minusOneToOne maps [−topDb, 0] dB and needs features.topDb, such as 80.');
  return {
    fftSize,
    hopSamples: spec.hopSamples,
    window: hannWindow(windowSamples, fftSize),
    filters: melFilters(spec),
  };
}
