import type { Problem } from '../shared/problem.ts';
import type { StepResult } from './executor.ts';

/** Below this, scaling shrinks gradients, and what overflows is not the scale's fault. */
const lowestUseful = 1;

/** Whether only the scaled gradient left float16 while the loss was sound: the next step tries half the scale. */
export const overflowed = ({ updated, loss, lossScale }: StepResult): boolean =>
  !updated && lossScale !== undefined && lossScale >= lowestUseful && Number.isFinite(loss);

/** The problem of a loss scale that falls below 1 with this step. */
export function lossScaleProblem({
  updated,
  lossScale,
}: StepResult): (Omit<Problem, 'severity'> & { severity: 'warning' }) | undefined {
  if (updated || lossScale === undefined || lossScale < lowestUseful || lossScale / 2 >= lowestUseful) return undefined;
  return {
    code: 'loss-scale',
    severity: 'warning',
    message:
      'the loss scale fell below 1: gradients leave float16 at every scale; lower optimizer.learningRate, or train with training.precision fp32',
  };
}
