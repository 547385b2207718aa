import type { RunModel } from './runModel.ts';
import type { SeriesPoint } from './stepSeries.ts';

/** Where the time of a run goes, as shares of all of it; parts that no event tells of are absent. */
export interface TimeShares {
  wait: number;
  graph?: number;
  update?: number;
  /** Of the steps: none of the above. */
  rest: number;
  evaluation: number;
  checkpoint: number;
}

/** What a run does with its time lately. */
export interface SpeedFigures {
  steps: number;
  stepMs: number;
  /** Seconds of audio per second of the steps: times real time. */
  audioRate: number;
  shares: TimeShares;
  /** Padded frames among all, 0 to 1. */
  paddingShare: number;
  /** Time of the feature workers per step; above `stepMs` one worker alone could not keep up. */
  featureMs?: number;
  queue?: number;
}

export type SpeedCode =
  | 'too-early'
  | 'features'
  | 'loading'
  | 'padding'
  | 'evaluation'
  | 'checkpoint'
  | 'update'
  | 'rest'
  | 'graph';

/** One thing that is worth knowing of a run's speed. */
export interface SpeedVerdict {
  code: SpeedCode;
  severity: 'good' | 'hint' | 'problem';
  /** Of the time, and with `padding` of the frames, 0 to 1. */
  share: number;
}

/** Fewer steps say nothing yet. */
const leastSteps = 10;
/** The first steps build graphs and fill caches. */
const warmUpSteps = 5;
const judgedPoints = 200;

/** Of the latest steps; undefined before there are enough of them. */
export function speedFigures(model: RunModel): SpeedFigures | undefined {
  const all = [...model.history, ...model.recent];
  const settled = all.filter(({ firstStep }) => firstStep > warmUpSteps);
  const points = (countSteps(settled) >= leastSteps ? settled : all).slice(-judgedPoints);
  const steps = countSteps(points);
  if (steps < leastSteps) return undefined;
  const mean = (read: (point: SeriesPoint) => number | undefined): number | undefined => {
    const known = points.filter((point) => read(point) !== undefined);
    const count = countSteps(known);
    return count === 0 ? undefined : known.reduce((sum, point) => sum + read(point)! * point.steps, 0) / count;
  };
  const stepMs = Math.max(1e-3, mean(({ durationMs }) => durationMs)!);
  const [waitMs, graphMs, updateMs] = [mean((p) => p.waitMs)!, mean((p) => p.graphMs), mean((p) => p.updateMs)];
  // What happens between the steps is rare, so it is judged over the whole run.
  const inStepsMs = all.reduce((sum, point) => sum + point.durationMs * point.steps, 0);
  const evaluationMs = model.evaluations.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const totalMs = Math.max(1e-3, inStepsMs + evaluationMs + model.checkpointPauseMs);
  const inSteps = inStepsMs / totalMs;
  const share = (ms: number) => (Math.min(ms, stepMs) / stepMs) * inSteps;
  const [featureMs, queue] = [mean((p) => p.featureMs), mean((p) => p.queue)];
  return {
    steps,
    stepMs,
    audioRate: (mean(({ audioSec }) => audioSec)! / stepMs) * 1000,
    shares: {
      wait: share(waitMs),
      ...(graphMs === undefined ? {} : { graph: share(graphMs) }),
      ...(updateMs === undefined ? {} : { update: share(updateMs) }),
      rest: share(Math.max(0, stepMs - waitMs - (graphMs ?? 0) - (updateMs ?? 0))),
      evaluation: evaluationMs / totalMs,
      checkpoint: model.checkpointPauseMs / totalMs,
    },
    paddingShare: mean((point) => point.paddingShare)!,
    ...(featureMs === undefined ? {} : { featureMs }),
    ...(queue === undefined ? {} : { queue }),
  };
}

const countSteps = (points: readonly SeriesPoint[]): number => points.reduce((sum, { steps }) => sum + steps, 0);

/** From which share on something is worth a hint, and from which it is a problem; `docs/profiling.md` says why. */
const thresholds: Record<Exclude<SpeedCode, 'too-early' | 'graph'>, { hint: number; problem: number }> = {
  features: { hint: 0.1, problem: 0.25 },
  loading: { hint: 0.1, problem: 0.25 },
  padding: { hint: 0.15, problem: 0.3 },
  evaluation: { hint: 0.2, problem: 0.4 },
  checkpoint: { hint: 0.02, problem: 0.1 },
  update: { hint: 0.2, problem: 0.4 },
  rest: { hint: 0.15, problem: 0.3 },
};

/** What limits a run's speed, the largest share first; when nothing but the graph does, that alone, which is good. */
export function judgeSpeed(model: RunModel): SpeedVerdict[] {
  const figures = speedFigures(model);
  if (!figures) return [{ code: 'too-early', severity: 'good', share: 0 }];
  const { shares, paddingShare, featureMs, stepMs } = figures;
  // Workers that are busy most of a step's time are the limit themselves; else they, too, wait for a disk.
  const waiting: SpeedCode = featureMs !== undefined && featureMs >= 0.6 * stepMs ? 'features' : 'loading';
  const costs: [keyof typeof thresholds, number][] = [
    [waiting, shares.wait],
    ['padding', paddingShare],
    ['evaluation', shares.evaluation],
    ['checkpoint', shares.checkpoint],
    ['update', shares.update ?? 0],
    // Without the graph's own time there is no telling what the rest is.
    ['rest', shares.graph === undefined ? 0 : shares.rest],
  ];
  const found = costs
    .filter(([code, share]) => share >= thresholds[code].hint)
    .map(([code, share]): SpeedVerdict => {
      return { code, share, severity: share >= thresholds[code].problem ? 'problem' : 'hint' };
    })
    .sort((a, b) => b.share - a.share);
  if (found.length > 0) return found;
  return [{ code: 'graph', severity: 'good', share: shares.graph ?? shares.rest }];
}
