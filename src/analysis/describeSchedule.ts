import { learningRateAt } from '../nn/schedules.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { ScheduleFacts } from '../shared/protocol/analysis.ts';

/** Enough for a curve; a run of any length is looked at in so many places. */
const lookedAt = 600;
/** Where the data is not known. The curve is over epochs, so it hardly depends on it. */
const usualStepsPerEpoch = 100;

export interface RatePoint {
  /** Epochs that are over, with their part. */
  epoch: number;
  learningRate: number;
}

/** The learning rate over a run of even epochs, its first and last step included; `plateau` as if every epoch improved. */
export function scheduleCurve(
  { schedule, optimizer, training }: Pick<Experiment, 'schedule' | 'optimizer' | 'training'>,
  stepsPerEpoch = usualStepsPerEpoch,
): RatePoint[] {
  const totalSteps = training.epochs * stepsPerEpoch;
  const rateAt = (step: number) =>
    learningRateAt(schedule, optimizer, {
      step,
      totalSteps,
      epoch: Math.floor(step / stepsPerEpoch),
      epochShare: (step % stepsPerEpoch) / stepsPerEpoch,
      reductions: 0,
    });
  const places = Math.min(lookedAt, totalSteps);
  return Array.from({ length: places }, (_, i) => {
    const step = places === 1 ? 0 : Math.round((i * (totalSteps - 1)) / (places - 1));
    return { epoch: (step + 1) / stepsPerEpoch, learningRate: rateAt(step) };
  });
}

/** This much of the way from the lowest rate to the peak still counts as lowest. */
const nearlyLowest = 0.01;

export function describeSchedule(experiment: Pick<Experiment, 'schedule' | 'optimizer' | 'training'>): ScheduleFacts {
  const rates = scheduleCurve(experiment).map(({ learningRate }) => learningRate);
  const peak = Math.max(...rates);
  const last = rates.at(-1)!;
  const { type } = experiment.schedule;
  const facts = { peakLearningRate: peak, lastLearningRate: last };
  if (type === 'constant' || type === 'plateau') return facts;
  const lowest = Math.min(...rates.slice(rates.indexOf(peak)));
  return { ...facts, endsAtMinimum: last <= lowest + nearlyLowest * (peak - lowest) };
}
