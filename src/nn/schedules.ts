import { cycleAt } from '../shared/config/restartCycles.ts';
import type { Experiment } from '../shared/config/schema.ts';

type Schedule = Experiment['schedule'];

/** Where in a run the rate is asked for. */
export interface SchedulePosition {
  /** Optimizer steps made: the first is step 0. */
  step: number;
  totalSteps: number;
  /** From 0. */
  epoch: number;
  /** Share of this epoch's steps already made, 0 to below 1. */
  epochShare: number;
  /** Times that `plateau` lowered the rate. */
  reductions: number;
}

/** OneCycleLR's defaults: the rate starts at peak / 25 and ends at that start / 10,000. */
const divFactor = 25;
const finalDivFactor = 1e4;

/**
 * Learning rate of the optimizer step at a position of the run.
 * - oneCycle: torch.optim.lr_scheduler.OneCycleLR with cosine annealing, two phases and cycle_momentum=False.
 * - warmup: peak · min(n/w, √(w/n)) at the n-th step, counted from 1 (Vaswani et al. 2017); the w-th step has the peak.
 * - cosineWarmRestarts: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts at epoch + i/iters, or at the epoch. Its
 *   documented loop calls step(epoch + i/iters) after step i, so there each value takes effect one step later than here.
 * - plateau: torch.optim.lr_scheduler.ReduceLROnPlateau; see `updatePlateau`.
 */
export function learningRateAt(
  schedule: Schedule,
  { learningRate: peak }: Pick<Experiment['optimizer'], 'learningRate'>,
  position: SchedulePosition,
): number {
  switch (schedule.type) {
    case 'constant':
      return peak;
    case 'warmup': {
      const ratio = (position.step + 1) / warmupSteps(schedule, position.totalSteps);
      return peak * Math.min(ratio, 1 / Math.sqrt(ratio));
    }
    case 'oneCycle':
      return oneCycle(peak, schedule.warmupFraction, position);
    case 'cosineWarmRestarts': {
      const epochs = position.epoch + (schedule.per === 'step' ? position.epochShare : 0);
      const { epochsIn, epochs: length } = cycleAt(schedule, epochs);
      return anneal(peak, schedule.minLearningRate, epochsIn / length);
    }
    case 'plateau':
      return Math.max(peak * schedule.factor ** position.reductions, schedule.minLearningRate);
  }
}

/** The step, counted from 1, at which warmup reaches the peak. */
export function warmupSteps({ warmupFraction }: Pick<Schedule, 'warmupFraction'>, totalSteps: number): number {
  return Math.max(1, Math.round(warmupFraction * totalSteps));
}

function oneCycle(peak: number, warmupFraction: number, { step, totalSteps }: SchedulePosition): number {
  const first = peak / divFactor;
  const warmupEnd = warmupFraction * totalSteps - 1;
  const lastStep = Math.max(totalSteps - 1, 0);
  if (step <= warmupEnd) return anneal(first, peak, step / Math.max(warmupEnd, Number.MIN_VALUE));
  const share = (step - warmupEnd) / (lastStep - warmupEnd);
  return anneal(peak, first / finalDivFactor, Math.min(share, 1));
}

function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

/** State of the plateau schedule. */
export interface PlateauState {
  /** Lowest error rate so far; null before the first. */
  best: number | null;
  /** Evaluations since then that were not better. */
  badEpochs: number;
  reductions: number;
}

/** Smaller changes of the rate than this are not made. */
const leastChange = 1e-8;

/** The state after one more evaluation, as ReduceLROnPlateau with mode min, relative threshold and no cooldown. */
export function updatePlateau(
  schedule: Schedule,
  optimizer: Pick<Experiment['optimizer'], 'learningRate'>,
  { best, badEpochs, reductions }: PlateauState,
  errorRate: number,
): PlateauState {
  const better = best === null || errorRate < best * (1 - schedule.threshold);
  const bad = better ? 0 : badEpochs + 1;
  const next = { best: better ? errorRate : best, badEpochs: bad, reductions };
  if (bad <= schedule.patienceEpochs) return next;
  const rateAfter = (count: number) =>
    learningRateAt(schedule, optimizer, { step: 0, totalSteps: 0, epoch: 0, epochShare: 0, reductions: count });
  const lower = rateAfter(reductions) - rateAfter(reductions + 1) > leastChange;
  return { ...next, badEpochs: 0, reductions: lower ? reductions + 1 : reductions };
}
