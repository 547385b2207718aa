import type { LoadedBatch } from './data/batchLoader.ts';
import type { Executor, TrainingBatch } from './executor.ts';

export interface RangePoint {
  learningRate: number;
  /** Negative log-likelihood per token, which short and long batches share; null when it was not finite. */
  loss: number | null;
}

export interface RangeRules {
  min: number;
  max: number;
  steps: number;
  /** Batches per step. */
  accumulate: number;
  seed: number;
}

export interface RangeResult {
  points: (RangePoint & { smoothed: number | null })[];
  /** Rate at which the loss falls fastest; null when it never falls. */
  steepest: number | null;
  /** Rate of the lowest loss. */
  lowest: number | null;
  /** First rate after the lowest loss at which half of the fall is lost, the loss has doubled, or it is not finite; null when there is none. */
  diverges: number | null;
  /** For optimizer.learningRate: the steepest, but at most a third of where it diverges. */
  suggested: number | null;
}

/** So many times the lowest loss, or so many steps without a finite one, end the sweep. */
const hopelessFactor = 4;
const hopelessSteps = 3;

/** Trains with a rate that grows exponentially from step to step (Smith 2017), until the end or until it diverges. */
export async function sweepRates(
  executor: Executor,
  batches: AsyncIterable<LoadedBatch>,
  { min, max, steps, accumulate, seed }: RangeRules,
  stopped: () => boolean,
  told: (point: RangePoint, step: number) => void,
): Promise<RangePoint[]> {
  const points: RangePoint[] = [];
  let group: TrainingBatch[] = [];
  for await (const { batch } of batches) {
    if (batch) group.push(batch);
    if (group.length < accumulate) continue;
    const step = points.length;
    const learningRate = min * (max / min) ** (step / Math.max(1, steps - 1));
    const result = await executor.step(group, { learningRate, seed, step });
    const tokens = group.reduce((sum, each) => sum + each.tokens.reduce((count, list) => count + list.length, 0), 0);
    const utterances = group.reduce((sum, each) => sum + each.batch, 0);
    const loss = (result.loss * utterances) / Math.max(1, tokens);
    const point = { learningRate, loss: Number.isFinite(loss) && result.updated ? loss : null };
    points.push(point);
    told(point, step);
    group = [];
    if (points.length >= steps || stopped() || isHopeless(points)) break;
  }
  return points;
}

function isHopeless(points: readonly RangePoint[]): boolean {
  const last = points.slice(-hopelessSteps);
  if (last.length < hopelessSteps) return false;
  const lowest = Math.min(...points.flatMap(({ loss }) => (loss === null ? [] : [loss])));
  return last.every(({ loss }) => loss === null || loss > hopelessFactor * lowest);
}

/** So many times the lowest loss count as diverged, where the loss began higher still. */
const divergedFactor = 2;

/** Neighbours within this share of the sweep smooth a point, so that single batches do not decide. */
const smoothingShare = 0.04;

/** Where the loss falls fastest, is lowest, and diverges, on the smoothed curve over the logarithm of the rate. */
export function analyzeRates(points: readonly RangePoint[]): RangeResult {
  const smoothed = smooth(points);
  const finite = smoothed.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const rateAt = (index: number | undefined) => (index === undefined ? null : points[index]!.learningRate);
  const first = finite[0]?.value ?? 0;
  const bottom = finite.reduce<(typeof finite)[number] | undefined>(
    (low, point) => (low === undefined || point.value < low.value ? point : low),
    undefined,
  );
  const falls = bottom !== undefined && bottom.value < first;
  const after = bottom?.index ?? 0;
  const lost = Math.min(divergedFactor * (bottom?.value ?? 0), (first + (bottom?.value ?? 0)) / 2);
  const back = points.findIndex(({ loss }, index) => index > after && (loss === null || smoothed[index]! > lost));
  const diverges = back < 0 ? null : points[back]!.learningRate;
  const steepest = falls ? rateAt(steepestBefore(finite, bottom.index)) : null;
  return {
    points: points.map((point, index) => ({ ...point, smoothed: smoothed[index]! })),
    steepest,
    lowest: falls ? rateAt(bottom.index) : null,
    diverges,
    suggested: steepest === null ? null : Math.min(steepest, diverges === null ? steepest : diverges / 3),
  };
}

/** Means with Gaussian weights over neighbours on both sides, so that the curve is not shifted towards higher rates. */
function smooth(points: readonly RangePoint[]): (number | null)[] {
  const width = Math.max(1, points.length * smoothingShare);
  return points.map(({ loss }, index) => {
    if (loss === null) return null;
    let sum = 0;
    let weights = 0;
    for (const [other, { loss: value }] of points.entries()) {
      if (value === null) continue;
      const weight = Math.exp(-0.5 * ((other - index) / width) ** 2);
      sum += weight * value;
      weights += weight;
    }
    return sum / weights;
  });
}

function steepestBefore(points: readonly { value: number; index: number }[], end: number): number | undefined {
  let best: { slope: number; index: number } | undefined;
  for (let i = 1; i + 1 < points.length && points[i]!.index <= end; i++) {
    const slope = (points[i + 1]!.value - points[i - 1]!.value) / (points[i + 1]!.index - points[i - 1]!.index);
    if (best === undefined || slope < best.slope) best = { slope, index: points[i]!.index };
  }
  return best?.index;
}
