import * as vscode from 'vscode';
import type { CommandId, ContextKey } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';

export interface CheckStatus {
  show(target: string, stage: 'headers' | 'content', done: number, all: number): void;
  hide(target: string): void;
}

/** Short checks come and go unseen. */
const patienceMs = 1000;

/** Shows at the bottom of the window how far the checks are; a click stops them. */
export function showCheckStatus(scope: Scope): CheckStatus {
  const item = scope.add(vscode.window.createStatusBarItem('asr.dataCheck', vscode.StatusBarAlignment.Left, 49));
  const stop: CommandId = 'asr.stopDataCheck';
  const key: ContextKey = 'asr.checkingData';
  item.name = 'ASR Data Check';
  item.command = stop;
  item.tooltip = 'Stop checking data; what was found out is kept';
  const checks = new Map<string, { sinceMs: number; stage: string; done: number; all: number }>();
  let visible = false;
  const update = () => {
    const [longest] = [...checks.values()].sort((a, b) => a.sinceMs - b.sinceMs);
    const due = longest !== undefined && performance.now() - longest.sinceMs > patienceMs;
    if (due) {
      const what = longest.stage === 'headers' ? 'Checking recordings' : 'Listening to recordings';
      item.text = `$(sync~spin) ${what}: ${Math.floor((100 * longest.done) / Math.max(1, longest.all))} %`;
      item.accessibilityInformation = { label: `${what}: ${longest.done} of ${longest.all}; activate to stop` };
      item.show();
    } else item.hide();
    if (due !== visible) void vscode.commands.executeCommand('setContext', key, due);
    visible = due;
  };
  return {
    show(target, stage, done, all) {
      checks.set(target, { sinceMs: checks.get(target)?.sinceMs ?? performance.now(), stage, done, all });
      update();
    },
    hide(target) {
      checks.delete(target);
      update();
    },
  };
}
