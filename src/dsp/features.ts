import { frameCount } from '../shared/config/derived.ts';
import type { FeatureSpec } from '../shared/config/schema.ts';
import { createCepstra } from './cepstra.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import { createFeatureStream, type FeatureStream, type FrameRange } from './featureStream.ts';
import { type Computed, createFrameLoop } from './frameLoop.ts';
import { pickKernel } from './kernel/pickKernel.ts';
import { kaldiAmplitude, type LogMelKernel, minPower, planLogMel } from './logMelPlan.ts';
import { emphasizeClip, nemoLogs, normalizePerFeature } from './nemoFeatures.ts';
import { normalizeUtterance } from './normalization.ts';
import type { ClipPart } from './padding.ts';
import { createWaveformExtractor } from './waveformExtractor.ts';

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
   * Plain decibels per mel band (reference 1, no clamp, scale or normalisation, and no cepstra either) of some frames
   * of a clip of which only a part is at hand; the part must hold what `reach` names. The same bits as in the whole clip.
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

/**
 * Log-mel features as librosa and torchaudio define them, fbank and mfcc as torchaudio.compliance.kaldi does on samples
 * in the range of 16-bit integers (dither 0, Povey window, no energy), for frames centred like those of log-mel: its
 * `snip_edges=True` on the clip padded by half a window at both ends; nemo as NeMo's FilterbankFeatures without dither
 * (power 2, `pad_to` 0). Throws UserError for a spec that contradicts itself.
 */
export async function createFeatureExtractor(
  spec: FeatureSpec,
  options: ExtractorOptions = {},
): Promise<FeatureExtractor> {
  if (spec.type === 'waveform') return createWaveformExtractor(spec);
  const plan = planLogMel(spec);
  return buildExtractor(spec, await pickKernel(plan, options.kernel));
}

function buildExtractor(spec: FeatureSpec, kernel: LogMelKernel): FeatureExtractor {
  const compute = createSpecLoop(spec, kernel);
  const finish = finisherOf(spec, kernel);
  const normalize = spec.type === 'nemo' ? normalizePerFeature : normalizeUtterance;
  return {
    spec,
    kernel: kernel.kind,
    frameCount: (samples) => frameCount(spec, samples),
    decibels(part, range) {
      const { matrix } = compute(part, range);
      if (spec.type !== 'logMel') withoutKaldiAmplitude(kernel, matrix.data);
      return matrix;
    },
    reach: (range, totalSamples) => findReach(spec, range, totalSamples),
    extract(samples) {
      const part = { samples, firstSample: 0, totalSamples: samples.length };
      const matrix = finish(compute(part, { firstFrame: 0, frames: frameCount(spec, samples.length) }));
      if (spec.normalization === 'utterance') normalize(matrix);
      return matrix;
    },
    stream: () => createFeatureStream(spec, (part, range) => finish(compute(part, range))),
  };
}

const isKaldi = ({ type }: FeatureSpec) => type === 'fbank' || type === 'mfcc';

function finisherOf(spec: FeatureSpec, kernel: LogMelKernel): (computed: Computed) => FeatureMatrix {
  if (spec.type === 'nemo') return ({ matrix }) => nemoLogs(matrix);
  return isKaldi(spec) ? kaldiLogs(spec, kernel) : levelsOf(spec, kernel);
}

/** Samples before a frame that its pre-emphasis needs. */
const before = ({ type }: FeatureSpec) => (type === 'nemo' ? 1 : 0);

function findReach(spec: FeatureSpec, { firstFrame, frames }: FrameRange, totalSamples: number): SampleRange {
  const half = spec.fftSize / 2;
  let start = firstFrame * spec.hopSamples - half - before(spec);
  let end = (firstFrame + frames - 1) * spec.hopSamples + half;
  if (spec.padMode === 'reflect') {
    if (totalSamples <= spec.fftSize) return { start: 0, end: totalSamples };
    if (start < 0) end = Math.max(end, half + 1);
    if (end > totalSamples) start = Math.min(start, totalSamples - half - 1 - before(spec));
  }
  const inside = (sample: number) => Math.min(Math.max(sample, 0), totalSamples);
  return { start: inside(start), end: inside(end) };
}

function createSpecLoop(spec: FeatureSpec, kernel: LogMelKernel) {
  const compute = createFrameLoop(spec, kernel);
  if (spec.type !== 'nemo') return compute;
  return (part: ClipPart, range: FrameRange) => compute(emphasizeClip(part, spec.preemphasis), range);
}

/** librosa.power_to_db's reference and top_db, then the scale, in place. */
function levelsOf({ reference, topDb, scale }: FeatureSpec, kernel: LogMelKernel) {
  return ({ matrix, peak }: Computed): FeatureMatrix => {
    if (reference === 'fixed' && topDb === null) return matrix;
    const zero = reference === 'max' ? peak : 0;
    const floor = topDb === null ? Number.NEGATIVE_INFINITY : peak - topDb;
    const gain = scale === 'none' ? 1 : 2 / topDb!;
    const shift = scale === 'none' ? -zero : 1 - zero * gain;
    rescale(kernel, matrix.data, floor, gain, shift);
    return matrix;
  };
}

/** 0 dB is a power of 1 in every picture, and the floor the same. */
function withoutKaldiAmplitude(kernel: LogMelKernel, data: Float32Array): void {
  const decibels = 20 * Math.log10(kaldiAmplitude);
  rescale(kernel, data, 10 * Math.log10(minPower) + decibels, 1, -decibels);
}

/** Smallest band power of Kaldi: the epsilon of float32. */
export const kaldiFloor = 2 ** -23;

/** Natural logarithms in place of decibels, and their cepstra for mfcc. */
function kaldiLogs(spec: FeatureSpec, kernel: LogMelKernel) {
  const cepstra = spec.type === 'mfcc' ? createCepstra(spec) : undefined;
  return ({ matrix }: Computed): FeatureMatrix => {
    rescale(kernel, matrix.data, 10 * Math.log10(kaldiFloor), Math.LN10 / 10, 0);
    return cepstra ? cepstra(matrix) : matrix;
  };
}

/** max(value, floor)·gain + shift, in place. */
function rescale(kernel: LogMelKernel, data: Float32Array, floor: number, gain: number, shift: number): void {
  const { output } = kernel;
  for (let start = 0; start < data.length; start += output.length) {
    const values = data.subarray(start, start + output.length);
    output.set(values);
    kernel.rescale(values.length, floor, gain, shift);
    values.set(output.subarray(0, values.length));
  }
}
