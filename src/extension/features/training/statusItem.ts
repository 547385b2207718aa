import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { renderRunStatus } from '../../../shared/run/runStatus.ts';
import type { Scope } from '../../../shared/scope.ts';
import { iconOf, renderRunTooltip, renderShortStatus } from '../../services/runLabels.ts';
import type { Run, Runs } from '../../services/runs.ts';

/** Shows the current run at the bottom of the window. */
export function showStatus(scope: Scope, runs: Runs): void {
  const item = scope.add(vscode.window.createStatusBarItem('asr.run', vscode.StatusBarAlignment.Left, 50));
  const command: CommandId = 'asr.showRun';
  item.name = 'ASR Training';
  item.command = command;
  const update = () => {
    const run = runs.current;
    if (!run) return item.hide();
    item.text = `$(${iconOf(run)}) ${renderShortStatus(run)}`;
    item.tooltip = renderRunTooltip(run);
    const trouble = run.alert ? `, ${run.alert.message}` : '';
    item.accessibilityInformation = {
      label: `Training ${run.name}: ${run.state}${trouble}, ${renderRunStatus(run.model)}`,
    };
    item.backgroundColor = backgroundOf(run);
    item.show();
  };
  scope.add(runs.onDidChange(update));
  scope.add(runs.onDidChangeList(update));
  update();
}

function backgroundOf({ alert, state }: Run): vscode.ThemeColor | undefined {
  if (state === 'failed') return new vscode.ThemeColor('statusBarItem.errorBackground');
  return alert ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}
