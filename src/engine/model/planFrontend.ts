import { createCepstra } from '../../dsp/cepstra.ts';
import { kaldiFloor } from '../../dsp/features.ts';
import { type FrameEmphasis, kaldiAmplitude, type LogMelPlan, minPower, planLogMel } from '../../dsp/logMelPlan.ts';
import type { MelFilters } from '../../dsp/mel.ts';
import { logGuard, stdGuard } from '../../dsp/nemoFeatures.ts';
import { smallestStd } from '../../dsp/normalization.ts';
import type { FrontendPlan, LevelPlan } from '../../nn/frontendGraph.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';

/** The tables of a graph that makes the features of `spec`, the same as `createFeatureExtractor` within rounding. */
export function planFrontend(spec: FeatureSpec): FrontendPlan {
  const plan = planLogMel(spec);
  const { fftSize, windowSamples, hopSamples, padMode, mels } = spec;
  const start = (fftSize - windowSamples) >> 1;
  const bins = usedBins(plan.filters);
  const frame = { start, samples: windowSamples };
  const identity = {
    frames: mels,
    bins: mels,
    data: Float32Array.from({ length: mels * mels }, (_, i) => (i % (mels + 1) === 0 ? 1 : 0)),
  };
  return {
    hopSamples,
    padMode,
    samplesBefore: fftSize / 2 - start,
    frameSamples: windowSamples,
    basis: transformBasis(spec.type === 'nemo' ? quieter(plan) : plan, frame, bins),
    spectrumBins: bins.count,
    filters: denseFilters(plan.filters, bins),
    mels,
    clipEmphasis: spec.type === 'nemo' ? spec.preemphasis : 0,
    level: levelPlan(spec),
    ...(spec.type === 'mfcc' ? { cepstra: transposed(createCepstra(spec)(identity).data, mels) } : {}),
    ...normalizationPlan(spec),
  };
}

/** NeMo's samples are from −1 to 1. */
const quieter = (plan: LogMelPlan): LogMelPlan => ({
  ...plan,
  window: plan.window.map((value) => value / kaldiAmplitude),
});

interface Bins {
  first: number;
  count: number;
}

/** FFT bins that any filter hears. */
function usedBins({ firstBin, offset, mels }: MelFilters): Bins {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let m = 0; m < mels; m++) {
    const width = offset[m + 1]! - offset[m]!;
    if (width === 0) continue;
    first = Math.min(first, firstBin[m]!);
    end = Math.max(end, firstBin[m]! + width);
  }
  return end > 0 ? { first, count: end - first } : { first: 0, count: 1 };
}

/**
 * Rows that take a frame of samples to the real and imaginary parts of its bins. Window, removal of the mean and
 * pre-emphasis are linear in the frame, so they are folded into the rows.
 */
function transformBasis(plan: LogMelPlan, frame: { start: number; samples: number }, bins: Bins): Float32Array {
  const { fftSize, window, emphasis } = plan;
  const basis = new Float32Array(2 * bins.count * frame.samples);
  for (let part = 0; part < 2; part++)
    for (let bin = 0; bin < bins.count; bin++) {
      const row = Float64Array.from({ length: frame.samples }, (_, i) => {
        const phase = ((bins.first + bin) * (frame.start + i)) % fftSize;
        const angle = (2 * Math.PI * phase) / fftSize;
        return window[frame.start + i]! * (part === 0 ? Math.cos(angle) : Math.sin(angle));
      });
      basis.set(emphasis ? beforeEmphasis(row, emphasis) : row, (part * bins.count + bin) * frame.samples);
    }
  return basis;
}

/** The row that, on a plain frame, does what `row` does on the frame less its mean and then pre-emphasised. */
function beforeEmphasis(row: Float64Array, { coefficient }: FrameEmphasis): Float64Array {
  const result = row.map((value, i) => value - coefficient * (row[i + 1] ?? 0));
  result[0]! -= coefficient * row[0]!; // the first sample precedes itself
  const mean = result.reduce((sum, value) => sum + value, 0) / result.length;
  return result.map((value) => value - mean);
}

function denseFilters({ mels, firstBin, offset, weights }: MelFilters, { first, count }: Bins): Float32Array {
  const dense = new Float32Array(mels * count);
  for (let m = 0; m < mels; m++)
    for (let i = offset[m]!; i < offset[m + 1]!; i++)
      dense[m * count + firstBin[m]! - first + i - offset[m]!] = weights[i]!;
  return dense;
}

function levelPlan({ type, reference, topDb, scale }: FeatureSpec): LevelPlan {
  if (type === 'nemo') return { kind: 'natural', floor: logGuard, guard: logGuard };
  if (type === 'logMel') return { kind: 'decibels', floor: minPower, reference, topDb, scale };
  return { kind: 'natural', floor: kaldiFloor, guard: 0 };
}

function normalizationPlan({ type, normalization }: FeatureSpec): Pick<FrontendPlan, 'normalization'> {
  if (normalization !== 'utterance') return {};
  if (type === 'nemo') return { normalization: { variance: 'sample', guard: stdGuard } };
  return { normalization: { variance: 'population', smallest: smallestStd } };
}

/** [rows, columns] of so many rows, the other way round. */
function transposed(data: Float32Array, rows: number): Float32Array {
  const columns = data.length / rows;
  return Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
}
