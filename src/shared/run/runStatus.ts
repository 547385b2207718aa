import type { RunModel } from './runModel.ts';

/** `epoch 3/40 · step 120/1600 · loss 1.234 · WER 45.2 % · 2 min left`: the parts that are known. */
export function renderRunStatus(model: RunModel): string {
  const { started, lastStep, best, evaluations } = model;
  if (!started) return 'preparing';
  const wer = evaluations.at(-1)?.wer;
  const left = remainingSec(model);
  return [
    `epoch ${Math.min(model.epoch + 1, started.epochs)}/${started.epochs}`,
    `step ${model.step}/${started.totalSteps}`,
    ...(lastStep ? [`loss ${formatLoss(lastStep.loss)}`] : []),
    ...(wer === undefined ? [] : [`WER ${formatPercent(wer)}`]),
    ...(best && best.wer !== wer ? [`best ${formatPercent(best.wer)}`] : []),
    ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
  ].join(' · ');
}

/** From the durations of steps and evaluations so far, as clocks may jump; a resumed run begins to count anew. */
export function remainingSec(model: RunModel): number | undefined {
  const { started, history, recent, evaluations } = model;
  if (!started || model.state !== 'running') return undefined;
  let steps = 0;
  let durationMs = 0;
  for (const point of [...history, ...recent]) {
    if (point.firstStep <= started.step) continue;
    steps += point.steps;
    durationMs += point.steps * point.durationMs;
  }
  if (steps < 3) return undefined;
  for (const evaluation of evaluations) if (evaluation.step > started.step) durationMs += evaluation.durationMs;
  return ((started.totalSteps - model.step) * durationMs) / steps / 1000;
}

export const formatLoss = (loss: number): string => (loss >= 100 ? loss.toFixed(0) : loss.toPrecision(3));

/** A fraction in percent, with a decimal where it says something. */
export const formatPercent = (fraction: number): string =>
  `${(fraction * 100).toFixed(fraction > 0 && fraction < 0.995 ? 1 : 0)} %`;

export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
