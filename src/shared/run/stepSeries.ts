import type { StepDone } from './events.ts';

/** Mean values of the steps firstStep…lastStep; one step, until the series grows long. */
export interface SeriesPoint {
  firstStep: number;
  lastStep: number;
  steps: number;
  /** Unix time of the last step. */
  timeMs: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  durationMs: number;
  waitMs: number;
  paddingShare: number;
  audioSec: number;
  /** The highest of the merged steps, so that a spike outlives the merging, and the step it was at. */
  lossMax: number;
  lossMaxStep: number;
  gradientNormMax: number;
  /** Means over the steps whose event had them; absent where none had. */
  ctcLoss?: number;
  attentionLoss?: number;
  lossScale?: number;
  graphMs?: number;
  updateMs?: number;
  featureMs?: number;
  queue?: number;
}

const means = [
  'loss',
  'learningRate',
  'gradientNorm',
  'durationMs',
  'waitMs',
  'paddingShare',
  'audioSec',
] as const satisfies (keyof SeriesPoint)[];
const optionalMeans = [
  'ctcLoss',
  'attentionLoss',
  'lossScale',
  'graphMs',
  'updateMs',
  'featureMs',
  'queue',
] as const satisfies (keyof SeriesPoint)[];

export function pointOf(event: StepDone): SeriesPoint {
  const { step, timeMs, loss, learningRate, gradientNorm, durationMs, waitMs, paddingShare, audioSec } = event;
  const point: SeriesPoint = {
    firstStep: step,
    lastStep: step,
    steps: 1,
    timeMs,
    loss,
    learningRate,
    gradientNorm,
    durationMs,
    waitMs,
    paddingShare,
    audioSec,
    lossMax: loss,
    lossMaxStep: step,
    gradientNormMax: gradientNorm,
  };
  const { lossScale, graphMs, updateMs, featureMs, queue } = event;
  const known = { ctcLoss: event.components?.ctc, attentionLoss: event.components?.attention };
  const more = { ...known, lossScale, graphMs, updateMs, featureMs, queue };
  for (const key of optionalMeans) if (more[key] !== undefined) point[key] = more[key];
  return point;
}

/** Half as many points, each the mean of two. */
export function halve(points: readonly SeriesPoint[]): SeriesPoint[] {
  const merged: SeriesPoint[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const second = points[i + 1];
    merged.push(second ? mergePoints(points[i]!, second) : points[i]!);
  }
  return merged;
}

function mergePoints(a: SeriesPoint, b: SeriesPoint): SeriesPoint {
  const steps = a.steps + b.steps;
  const mean = (x: number, y: number) => (x * a.steps + y * b.steps) / steps;
  const merged: SeriesPoint = { ...b, firstStep: a.firstStep, steps };
  for (const key of means) merged[key] = mean(a[key], b[key]);
  for (const key of optionalMeans) {
    const [x, y] = [a[key], b[key]];
    if (x !== undefined) merged[key] = y === undefined ? x : mean(x, y);
  }
  const higher = a.lossMax > b.lossMax ? a : b;
  merged.lossMax = higher.lossMax;
  merged.lossMaxStep = higher.lossMaxStep;
  merged.gradientNormMax = Math.max(a.gradientNormMax, b.gradientNormMax);
  return merged;
}
