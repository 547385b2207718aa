import {
  formatDuration,
  formatLoss,
  formatPercent,
  remainingSec,
  renderRunStatus,
} from '../../shared/run/runStatus.ts';
import type { Run, RunState } from './runs.ts';

/** Icons of VS Code's own set. */
export const stateIcons: Record<RunState, string> = {
  starting: 'loading~spin',
  running: 'pulse',
  paused: 'debug-pause',
  done: 'pass',
  stopped: 'stop-circle',
  failed: 'error',
  interrupted: 'warning',
};

export const iconOf = ({ alert, state }: Run): string => (alert ? 'alert' : stateIcons[state]);

/** `an4 3/40 · loss 1.23 · WER 45.2 %`; a run that has ended shows its best, and a trial its experiment. */
export function renderShortStatus({ model, state, alert, ...run }: Run): string {
  // A trial is called by its values, which say nothing without what they are tried on.
  const name = run.sweep ? `${run.experiment}, ${run.name}` : run.name;
  const { started, lastStep, best, evaluations } = model;
  if (alert) return `${name}: ${alertWords[alert.code]}`;
  if (state === 'running' || state === 'paused' || state === 'starting') {
    const wer = evaluations.at(-1)?.wer;
    return [
      started ? `${name} ${Math.min(model.epoch + 1, started.epochs)}/${started.epochs}` : `${name}: preparing`,
      ...(state === 'paused' ? ['paused'] : []),
      ...(lastStep ? [`loss ${formatLoss(lastStep.loss)}`] : []),
      ...(wer === undefined ? [] : [`WER ${formatPercent(wer)}`]),
    ].join(' · ');
  }
  return [`${name}: ${state}`, ...(best ? [`WER ${formatPercent(best.wer)}`] : [])].join(' · ');
}

/** `3/40 · WER 45.2 % · 12 min left`: what a row of a list adds to the name; a state that no icon makes plain comes last. */
export function renderRow({ model, state, active, alert, caughtUp }: Run): string {
  if (!caughtUp) return 'reading its log…';
  const { started, best, startedMs, updatedMs } = model;
  const left = active ? remainingSec(model) : undefined;
  const tookMs = startedMs === undefined || updatedMs === undefined ? 0 : updatedMs - startedMs;
  const time = left === undefined ? tookMs && formatDuration(tookMs / 1000) : `${formatDuration(left)} left`;
  return [
    ...(alert ? [alertWords[alert.code]] : []),
    ...(started ? [`${Math.min(model.epoch + 1, started.epochs)}/${started.epochs}`] : []),
    ...(best ? [`WER ${formatPercent(best.wer)}`] : []),
    ...(time ? [time] : []),
    ...(state === 'running' || state === 'done' ? [] : [state]),
  ].join(' · ');
}

/** The whole in a few lines of plain text. */
export function renderRunTooltip(run: Run): string {
  const { model, alert, active } = run;
  return [
    `${run.name}: ${run.state}`,
    // Nothing is left of a run whose process is gone.
    renderRunStatus(active ? model : { ...model, state: 'stopped' }),
    ...(alert ? [alert.message] : []),
    ...(model.message ? [model.message] : []),
    ...(model.problemCount > 0 ? [`${model.problemCount} problems in the data`] : []),
    run.directory,
  ].join('\n');
}

const alertWords = { 'disk-full': 'disk full', 'disk-error': 'disk error' } as const;
