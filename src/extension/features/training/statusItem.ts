import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { formatLoss, formatPercent, renderRunStatus } from '../../../shared/run/runStatus.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Run, RunState, Runs } from '../../services/runs.ts';

const icons: Record<RunState, string> = {
  starting: '$(loading~spin)',
  running: '$(pulse)',
  paused: '$(debug-pause)',
  done: '$(pass)',
  stopped: '$(debug-stop)',
  failed: '$(error)',
  interrupted: '$(warning)',
};

/** Shows the current run at the bottom of the window. */
export function showStatus(scope: Scope, runs: Runs): void {
  const item = scope.add(vscode.window.createStatusBarItem('asr.run', vscode.StatusBarAlignment.Left, 50));
  const command: CommandId = 'asr.showRun';
  item.name = 'ASR Training';
  item.command = command;
  const update = () => {
    const run = runs.current;
    if (!run) return item.hide();
    item.text = `${icons[run.state]} ${renderShortStatus(run)}`;
    item.tooltip = renderTooltip(run);
    item.accessibilityInformation = { label: `Training ${run.name}: ${run.state}, ${renderRunStatus(run.model)}` };
    item.backgroundColor = run.state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    item.show();
  };
  scope.add(runs.onDidChange(update));
  update();
}

/** `an4 3/40 · loss 1.23 · WER 45.2 %`; a run that has ended shows its best. */
export function renderShortStatus({ name, model, state }: Run): string {
  const { started, lastStep, best, evaluations } = model;
  if (state === 'running' || state === 'paused' || state === 'starting') {
    const wer = evaluations.at(-1)?.wer;
    return [
      started ? `${name} ${Math.min(model.epoch + 1, started.epochs)}/${started.epochs}` : `${name}: preparing`,
      ...(lastStep ? [`loss ${formatLoss(lastStep.loss)}`] : []),
      ...(wer === undefined ? [] : [`WER ${formatPercent(wer)}`]),
    ].join(' · ');
  }
  return [`${name}: ${state}`, ...(best ? [`WER ${formatPercent(best.wer)}`] : [])].join(' · ');
}

function renderTooltip(run: Run): string {
  const { model } = run;
  return [
    `${run.name}: ${run.state}`,
    renderRunStatus(model),
    ...(model.message ? [model.message] : []),
    ...(model.problemCount > 0 ? [`${model.problemCount} problems in the data`] : []),
    run.directory,
  ].join('\n');
}
