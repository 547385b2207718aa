import type { FeatureSpec } from '../shared/config/schema.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { createFeatureStream, type FeatureStream, type FrameRange } from './featureStream.ts';
import { createTypescriptKernel } from './kernel/typescriptKernel.ts';
import { createWasmKernel } from './kernel/wasmKernel.ts';
import { type LogMelKernel, type LogMelPlan, planLogMel } from './logMelPlan.ts';
import { normalizeUtterance } from './normalization.ts';
import { type ClipPart, fillPadded } from './padding.ts';

export type { FeatureMatrix } from './featureMatrix.ts';
export type { FeatureStream, FrameRange } from './featureStream.ts';

export interface FeatureExtractor {
  readonly spec: FeatureSpec;
  readonly kernel: 'wasm' | 'typescript';
  /** 1 + ⌊samples / hop⌋: frames are centred, the first on sample 0. */
  frameCount(samples: number): number;
  /** Features of a whole clip before global normalisation (normalisation per utterance is applied). */
  extract(samples: Float32Array): FeatureMatrix;
  /** Samples [start, end) of the clip that these frames depend on. */
  reach(range: FrameRange, totalSamples: number): SampleRange;
  /**
   * Plain decibels (reference 1, no clamp, scale or normalisation) of some frames of a clip of which only a part is
   * at hand; the part must hold what `reach` names. The same bits as in the whole clip.
   */
  decibels(part: ClipPart, range: FrameRange): FeatureMatrix;
  /** Throws UserError where a frame depends on the clip's end (maximum as reference, topDb, normalisation per utterance). */
  stream(): FeatureStream;
}

export interface SampleRange {
  start: number;
  end: number;
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
  // Some hosts have no SIMD, and a page's security policy may forbid WebAssembly; the twin gives the same numbers within rounding.
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
    reach: (range, totalSamples) => findReach(spec, range, totalSamples),
    extract(samples) {
      const part = { samples, firstSample: 0, totalSamples: samples.length };
      const range = { firstFrame: 0, frames: frameCount(samples.length) };
      const { matrix, peak } = computeDecibels(spec, kernel, part, range);
      applyLevels(spec, kernel, matrix, peak);
      if (spec.normalization === 'utterance') normalizeUtterance(matrix);
      return matrix;
    },
    stream: () => createFeatureStream(spec, decibels),
  };
}

function findReach(spec: FeatureSpec, { firstFrame, frames }: FrameRange, totalSamples: number): SampleRange {
  const half = spec.fftSize / 2;
  let start = firstFrame * spec.hopSamples - half;
  let end = (firstFrame + frames - 1) * spec.hopSamples + half;
  if (spec.padMode === 'reflect') {
    if (totalSamples <= spec.fftSize) return { start: 0, end: totalSamples };
    if (start < 0) end = Math.max(end, half + 1);
    if (end > totalSamples) start = Math.min(start, totalSamples - half - 1);
  }
  const inside = (sample: number) => Math.min(Math.max(sample, 0), totalSamples);
  return { start: inside(start), end: inside(end) };
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
