import type { FeatureSpec } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import { createTypescriptKernel } from './kernel/typescriptKernel.ts';
import { createWasmKernel } from './kernel/wasmKernel.ts';
import { type LogMelKernel, type LogMelPlan, planLogMel } from './logMelPlan.ts';
import { normalizeUtterance } from './normalization.ts';
import { type ClipPart, fillPadded } from './padding.ts';

export interface FeatureMatrix {
  frames: number;
  bins: number;
  data: Float32Array; // [frames, bins]
}

/** Samples in as they come, frames out as soon as all their samples are there; the same bits as `extract` of the whole clip. */
export interface FeatureStream {
  push(samples: Float32Array): FeatureMatrix;
  /** The frames that reach past the end; the stream is spent afterwards. */
  end(): FeatureMatrix;
}

export interface FrameRange {
  firstFrame: number;
  frames: number;
}

export interface FeatureExtractor {
  readonly spec: FeatureSpec;
  readonly kernel: 'wasm' | 'typescript';
  /** 1 + ⌊samples / hop⌋: frames are centred, the first on sample 0. */
  frameCount(samples: number): number;
  /** Features of a whole clip before global normalisation (normalisation per utterance is applied). */
  extract(samples: Float32Array): FeatureMatrix;
  /**
   * Plain decibels (reference 1, no clamp, scale or normalisation) of some frames of a clip of which only a part is at hand:
   * the part must hold the samples those frames reach, [firstFrame·hop − fftSize/2, (firstFrame + frames − 1)·hop + fftSize/2), inside the clip.
   */
  decibels(part: ClipPart, range: FrameRange): FeatureMatrix;
  /** Throws UserError where a frame depends on the clip's end (maximum as reference, topDb, normalisation per utterance). */
  stream(): FeatureStream;
}

export interface ExtractorOptions {
  kernel?: 'wasm' | 'typescript';
}

/** Log-mel features as librosa and torchaudio define them; throws UserError for a spec that contradicts itself. */
export async function createFeatureExtractor(
  spec: FeatureSpec,
  options: ExtractorOptions = {},
): Promise<FeatureExtractor> {
  const plan = planLogMel(spec);
  return buildExtractor(spec, await pickKernel(plan, options.kernel));
}

async function pickKernel(plan: LogMelPlan, wanted: 'wasm' | 'typescript' | undefined): Promise<LogMelKernel> {
  if (wanted === 'typescript') return createTypescriptKernel(plan);
  if (wanted === 'wasm') return createWasmKernel(plan);
  // Some hosts have no SIMD, and a page's security policy may forbid WebAssembly; the twin computes the same there.
  return createWasmKernel(plan).catch(() => createTypescriptKernel(plan));
}

function buildExtractor(spec: FeatureSpec, kernel: LogMelKernel): FeatureExtractor {
  const frameCount = (samples: number) => 1 + Math.floor(samples / spec.hopSamples);
  const decibels = (part: ClipPart, range: FrameRange) => computeDecibels(spec, kernel, part, range).matrix;
  return {
    spec,
    kernel: kernel.kind,
    frameCount,
    decibels,
    extract(samples) {
      const part = { samples, firstSample: 0, totalSamples: samples.length };
      const range = { firstFrame: 0, frames: frameCount(samples.length) };
      const { matrix, peak } = computeDecibels(spec, kernel, part, range);
      applyLevels(spec, kernel, matrix, peak);
      if (spec.normalization === 'utterance') normalizeUtterance(matrix);
      return matrix;
    },
    stream() {
      refuseStreaming(spec);
      return createStream(spec, decibels);
    },
  };
}

function computeDecibels(spec: FeatureSpec, kernel: LogMelKernel, part: ClipPart, range: FrameRange) {
  const { hopSamples, fftSize, mels, padMode } = spec;
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
}

/** librosa.power_to_db's reference and top_db, then the scale, in place. */
function applyLevels(spec: FeatureSpec, kernel: LogMelKernel, { data }: FeatureMatrix, peak: number): void {
  const { reference, topDb, scale } = spec;
  if (reference === 'fixed' && topDb === null) return;
  const zero = reference === 'max' ? peak : 0;
  const floor = topDb === null ? Number.NEGATIVE_INFINITY : peak - topDb;
  const gain = scale === 'none' ? 1 : 2 / topDb!;
  const shift = scale === 'none' ? -zero : 1 - zero * gain;
  const { output } = kernel;
  for (let start = 0; start < data.length; start += output.length) {
    const values = data.subarray(start, start + output.length);
    output.set(values);
    kernel.rescale(values.length, floor, gain, shift);
    values.set(output.subarray(0, values.length));
  }
}

function refuseStreaming(spec: FeatureSpec): void {
  const reasons: string[] = [];
  if (spec.reference === 'max') reasons.push('features.reference is max (use fixed)');
  if (spec.topDb !== null) reasons.push("features.topDb clamps against the clip's maximum (use null)");
  if (spec.normalization === 'utterance') reasons.push('features.normalization is utterance (use global)');
  if (reasons.length === 0) return;
  throw new UserError(`These features need the whole clip and cannot stream: ${reasons.join('; ')}.`);
}

type Decibels = FeatureExtractor['decibels'];

function createStream(spec: FeatureSpec, decibels: Decibels): FeatureStream {
  const { hopSamples, fftSize, mels, padMode } = spec;
  const half = fftSize / 2;
  let held: Float32Array = new Float32Array(0);
  let firstSample = 0;
  let totalSamples = 0;
  let nextFrame = 0;

  const emit = (endFrame: number): FeatureMatrix => {
    const frames = Math.max(0, endFrame - nextFrame);
    if (frames === 0) return { frames, bins: mels, data: new Float32Array(0) };
    const matrix = decibels({ samples: held, firstSample, totalSamples }, { firstFrame: nextFrame, frames });
    nextFrame = endFrame;
    return matrix;
  };

  return {
    push(samples) {
      // Mirroring at the end looks back by up to half an FFT, so so much is kept besides what the next frame needs.
      const keepFrom = Math.max(firstSample, Math.min(nextFrame * hopSamples - half, totalSamples - fftSize));
      const kept = held.subarray(keepFrom - firstSample);
      held = new Float32Array(kept.length + samples.length);
      held.set(kept);
      held.set(samples, kept.length);
      firstSample = keepFrom;
      totalSamples += samples.length;
      if (padMode === 'reflect' && totalSamples <= half) return emit(nextFrame);
      return emit(Math.floor((totalSamples - half) / hopSamples) + 1);
    },
    end: () => emit(1 + Math.floor(totalSamples / hopSamples)),
  };
}
