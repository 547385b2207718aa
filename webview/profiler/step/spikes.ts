import type { RunModel } from '../../../src/shared/run/runModel.ts';

/** A step whose loss stands out of the steps around it. */
export interface Spike {
  step: number;
  loss: number;
  /** How many times the median of its surroundings. */
  ratio: number;
}

const surroundings = 15;
const leastRatio = 1.3;

/** The steps that stand out most, the highest ratio first. The first ones, where every loss is high, are measured alike. */
export function findSpikes({ history, recent }: Pick<RunModel, 'history' | 'recent'>, count: number): Spike[] {
  const points = [...history, ...recent];
  const spikes = points.map((point, index): Spike => {
    const around = points.slice(Math.max(0, index - surroundings), index + surroundings + 1);
    return {
      step: point.lossMaxStep,
      loss: point.lossMax,
      ratio: point.lossMax / Math.max(1e-9, median(around.map(({ loss }) => loss))),
    };
  });
  return spikes
    .filter(({ ratio }) => ratio >= leastRatio && Number.isFinite(ratio))
    .sort((a, b) => b.ratio - a.ratio)
    .slice(0, count);
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
