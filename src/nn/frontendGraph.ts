import {
  add,
  cast,
  conv,
  div,
  gather,
  gatherElements,
  less,
  log,
  matMul,
  max,
  mul,
  neg,
  range,
  reduceMax,
  reduceSum,
  shape,
  slice,
  sqrt,
  squeeze,
  sub,
  unsqueeze,
  where,
} from '../graph/ops/index.ts';
import type { Dim, Graph, Value } from '../graph/value.ts';

/** How features follow from a waveform, as numbers; whoever knows the signal processing fills it in. */
export interface FrontendPlan {
  hopSamples: number;
  /** How a clip goes on beyond both its ends. */
  padMode: 'constant' | 'reflect';
  /** Samples that a frame begins before its centre. */
  samplesBefore: number;
  frameSamples: number;
  /** Cosines, then sines, of each bin, the window in them: [2 · spectrumBins, frameSamples]. */
  basis: Float32Array;
  spectrumBins: number;
  /** [mels, spectrumBins] */
  filters: Float32Array;
  mels: number;
  /** Over the clip, before it is padded; 0 for none. */
  clipEmphasis: number;
  level: LevelPlan;
  /** Of the levels: [cepstra, mels]. */
  cepstra?: Float32Array;
  /** Per clip and bin: the variance by frames and a reciprocal of 0 below `smallest`, or by frames − 1 and a guard. */
  normalization?: { variance: 'population'; smallest: number } | { variance: 'sample'; guard: number };
}

/** From powers of bands to levels. */
export type LevelPlan =
  | {
      kind: 'decibels';
      floor: number;
      reference: 'fixed' | 'max';
      topDb: number | null;
      scale: 'none' | 'minusOneToOne';
    }
  | { kind: 'natural'; floor: number; guard: number };

export interface FrontendValues {
  /** As the input of an inference graph: [batch, 1, bins, time], arbitrary on padding. */
  features: Value;
  /** Valid frames, int64 [batch]. */
  frameCounts: Value;
}

/**
 * Features inside a graph, with inputs `waveform` [batch, samples], from −1 to 1, and `waveformLengths` int64 [batch].
 * What lies after a row's end changes nothing. The transform is a convolution with the windowed cosines and sines of
 * each bin, which every runtime has and runs fast; ONNX's STFT is newer than opset 16 and slower where it exists.
 */
export function frontendValues(graph: Graph, plan: FrontendPlan, batch: Dim): FrontendValues {
  const waveform = graph.input('waveform', [batch, 'samples']);
  const lengths = graph.input('waveformLengths', [batch], 'int64');
  return graph.scope('frontend', () => {
    const frameCounts = add(div(lengths, plan.hopSamples), 1);
    const clip = emphasized(zeroAfter(waveform, lengths), lengths, plan.clipEmphasis);
    const levels = levelsOf(bandPowers(clip, lengths, plan), frameCounts, plan.level);
    const rows = plan.cepstra ? matMul(matrix(graph, plan.cepstra, plan.mels), levels) : levels;
    const features = plan.normalization ? normalized(rows, frameCounts, plan.normalization) : rows;
    return { features: unsqueeze(features, [1]), frameCounts };
  });
}

const matrix = (graph: Graph, data: Float32Array, columns: number) =>
  graph.constant(data, [data.length / columns, columns]);

/** 0, 1, … along an axis, [1, size]. */
const places = (x: Value, axis: number) => unsqueeze(range(gather(shape(x), axis, 0)), [0]);

/** A choice, not a product: what lies on the padding may be anything, infinities included. */
function zeroAfter(waveform: Value, lengths: Value): Value {
  return where(less(places(waveform, 1), unsqueeze(lengths, [1])), waveform, 0);
}

/** Each sample less its predecessor's share; it ends with the clip, so nothing leaks behind it. */
function emphasized(waveform: Value, lengths: Value, coefficient: number): Value {
  if (coefficient === 0) return waveform;
  const kernel = waveform.graph.constant([-coefficient, 1], [1, 1, 2]);
  return zeroAfter(squeeze(conv(unsqueeze(waveform, [1]), kernel, undefined, { pads: [1, 0] }), [1]), lengths);
}

/** Power per band, [batch, mels, time]. */
function bandPowers(clip: Value, lengths: Value, plan: FrontendPlan): Value {
  const { graph } = clip;
  const { hopSamples, samplesBefore, frameSamples, spectrumBins, padMode } = plan;
  const basis = graph.constant(plan.basis, [2 * spectrumBins, 1, frameSamples]);
  const samplesAfter = frameSamples - samplesBefore;
  const spectrum =
    padMode === 'reflect'
      ? conv(unsqueeze(mirrored(clip, lengths, samplesBefore, samplesAfter), [1]), basis, undefined, {
          strides: [hopSamples],
        })
      : conv(unsqueeze(clip, [1]), basis, undefined, { strides: [hopSamples], pads: [samplesBefore, samplesAfter] });
  const real = slice(spectrum, { axis: 1, end: spectrumBins });
  const imaginary = slice(spectrum, { axis: 1, start: spectrumBins });
  return matMul(matrix(graph, plan.filters, spectrumBins), add(mul(real, real), mul(imaginary, imaginary)));
}

/** The clip with its mirror image before its start and after its own end, the edge itself not repeated. */
function mirrored(clip: Value, lengths: Value, before: number, after: number): Value {
  const place = sub(range(add(gather(shape(clip), 1, 0), before + after)), before);
  const distance = unsqueeze(where(less(place, 0), neg(place), place), [0]);
  const own = unsqueeze(max(lengths, 1), [1]); // [batch, 1]
  const period = max(mul(sub(own, 1), 2), 1);
  const phase = sub(distance, mul(period, div(distance, period)));
  return gatherElements(clip, where(less(phase, own), phase, sub(period, phase)), 1);
}

/** [batch, mels, time] */
function levelsOf(power: Value, frameCounts: Value, plan: LevelPlan): Value {
  if (plan.kind === 'natural') return log(max(add(power, plan.guard), plan.floor));
  const { floor, reference, topDb, scale } = plan;
  const decibels = mul(log(max(power, floor)), 10 / Math.LN10);
  if (reference === 'fixed' && topDb === null) return decibels;
  const valid = unsqueeze(less(places(decibels, 2), unsqueeze(frameCounts, [1])), [1]);
  const peak = reduceMax(where(valid, decibels, -1e30), [1, 2], { keepDims: true });
  const clamped = topDb === null ? decibels : max(decibels, sub(peak, topDb));
  const relative = reference === 'max' ? sub(clamped, peak) : clamped;
  return scale === 'none' ? relative : add(mul(relative, 2 / topDb!), 1);
}

function normalized(rows: Value, frameCounts: Value, plan: NonNullable<FrontendPlan['normalization']>): Value {
  const valid = unsqueeze(less(places(rows, 2), unsqueeze(frameCounts, [1])), [1]);
  const count = unsqueeze(cast(frameCounts, 'float32'), [1, 2]);
  const over = (x: Value, divisor: Value) => div(reduceSum(where(valid, x, 0), [2], { keepDims: true }), divisor);
  const centred = sub(rows, over(rows, count));
  const divisor = plan.variance === 'sample' ? max(sub(count, 1), 1) : count;
  const std = sqrt(over(mul(centred, centred), divisor));
  if (plan.variance === 'sample') return div(centred, add(std, plan.guard));
  return where(less(std, plan.smallest), 0, div(centred, max(std, plan.smallest)));
}
