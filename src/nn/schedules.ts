import type { Experiment } from '../shared/config/schema.ts';

/** OneCycleLR's defaults: the rate starts at peak / 25 and ends at that start / 10,000. */
const divFactor = 25;
const finalDivFactor = 1e4;

/**
 * Learning rate of optimizer step `step` (the first is 0) of `totalSteps`.
 * oneCycle equals torch.optim.lr_scheduler.OneCycleLR with cosine annealing, two phases and cycle_momentum=False.
 */
export function learningRateAt(
  schedule: Experiment['schedule'],
  optimizer: Pick<Experiment['optimizer'], 'learningRate'>,
  step: number,
  totalSteps: number,
): number {
  const peak = optimizer.learningRate;
  switch (schedule.type) {
    case 'constant':
    case 'warmup':
    case 'cosineWarmRestarts':
    case 'plateau':
      return peak;
    case 'oneCycle': {
      const first = peak / divFactor;
      const warmupEnd = schedule.warmupFraction * totalSteps - 1;
      const lastStep = Math.max(totalSteps - 1, 0);
      if (step <= warmupEnd) return anneal(first, peak, step / Math.max(warmupEnd, Number.MIN_VALUE));
      const share = (step - warmupEnd) / (lastStep - warmupEnd);
      return anneal(peak, first / finalDivFactor, Math.min(share, 1));
    }
  }
}

function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
