import type { Averaged, Evaluated, GradientNorms, GuardRaised } from '../../shared/run/events.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import type { SeriesPoint } from '../../shared/run/stepSeries.ts';

/** Steps whose mean gives speed and loss. */
const window = 50;

/** `epoch 3/40 · step 120/2240 · loss 1.234 · lr 1.2e-3 · 33× real time · 41 min left` */
export function renderProgress(model: RunModel): string {
  const { started, lastStep } = model;
  if (!started || !lastStep) return 'starting';
  const stepMs = recentMean(model, ({ durationMs }) => durationMs);
  const left = Math.max(0, started.totalSteps - model.step) * stepMs + evaluationMs(model);
  return [
    `epoch ${model.epoch + 1}/${started.epochs}`,
    `step ${model.step}/${started.totalSteps}`,
    `loss ${recentMean(model, ({ loss }) => loss).toFixed(3)}`,
    `lr ${lastStep.learningRate.toExponential(1)}`,
    `${(audioSpeed(model) ?? 0).toFixed(0)}× real time`,
    `${renderDuration(left)} left`,
  ].join(' · ');
}

/** `epoch 3/40: loss 0.812, dev loss 1.034, WER 31.2 %, CER 12.0 %, best so far` */
export function renderEpoch(model: RunModel, { epoch, loss, wer, cer, best }: Evaluated): string {
  const training =
    recentPoints(model).reduce((sum, point) => sum + point.loss, 0) / Math.max(1, recentPoints(model).length);
  return (
    `epoch ${epoch + 1}/${model.started?.epochs ?? '?'}: loss ${training.toFixed(3)}, dev loss ${loss.toFixed(3)}, ` +
    `WER ${renderPercent(wer)}, CER ${renderPercent(cer)}${best ? ', best so far' : ''}`
  );
}

/** `average of epochs 38, 39, 40: dev loss 0.934, WER 23.1 %, CER 9.0 %, best so far` */
export function renderAverage({ epochs, loss, wer, cer, best }: Averaged): string {
  const list = epochs.map((epoch) => epoch + 1).join(', ');
  const rates =
    wer === null || cer === null || loss === null
      ? 'not scored, since there is no dev set'
      : `dev loss ${loss.toFixed(3)}, WER ${renderPercent(wer)}, CER ${renderPercent(cer)}${best ? ', best so far' : ''}`;
  return `average of ${epochs.length === 1 ? 'epoch' : 'epochs'} ${list}: ${rates}`;
}

/** `gradient norms of 62 steps: 10 % below 1.2, half below 2.3, 90 % below 6.1; 95 % clipped` */
export function renderNorms({ steps, p10, p50, p90, clippedShare }: GradientNorms): string {
  const [low, middle, high] = [p10, p50, p90].map((norm) => norm.toPrecision(3));
  return `gradient norms of ${steps} steps: 10 % below ${low}, half below ${middle}, 90 % below ${high}; ${renderPercent(clippedShare)} clipped`;
}

/** `warning blank-collapse: nothing is recognised …; raise …` */
export function renderGuard({ severity, code, message, remedy, replay }: GuardRaised): string {
  return `${severity} ${code}: ${message}; ${remedy}${replay ? `; run the step again with "asr replay <run>/${replay}"` : ''}`;
}

export const renderPercent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;

export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** Seconds of audio in a second of training, over the latest steps. */
export function audioSpeed(model: RunModel): number | undefined {
  const stepMs = recentMean(model, ({ durationMs }) => durationMs);
  return stepMs > 0 ? (1000 * recentMean(model, ({ audioSec }) => audioSec)) / stepMs : undefined;
}

function recentMean(model: RunModel, value: (point: SeriesPoint) => number): number {
  const points = recentPoints(model);
  return (
    points.reduce((sum, point) => sum + value(point) * point.steps, 0) /
    points.reduce((sum, { steps }) => sum + steps, 0)
  );
}

function recentPoints(model: RunModel): SeriesPoint[] {
  const recent = model.recent.slice(-window);
  return recent.length === window ? recent : [...model.history.slice(recent.length - window), ...recent];
}

function evaluationMs({ started, evaluations, epoch }: RunModel): number {
  const last = evaluations.at(-1);
  return last && started ? last.durationMs * (started.epochs - epoch) : 0;
}
