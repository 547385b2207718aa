import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** Says what keeps a run from going on, such as a full disk, for as long as it does. */
export function announceAlerts(scope: Scope, { runs }: Services): void {
  const shown = new Map<string, { message: string; end(): void }>();
  const hide = (directory: string) => {
    shown.get(directory)?.end();
    shown.delete(directory);
  };
  const look = ({ directory, name, alert }: Run) => {
    if (shown.get(directory)?.message === alert?.message) return;
    hide(directory);
    if (!alert) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    shown.set(directory, { message: alert.message, end });
    // A progress message is the one that can be taken back.
    const title = `Training of "${name}" waits: ${alert.message}`;
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => over);
  };
  scope.add(runs.onDidChange(({ run }) => look(run)));
  scope.add(
    runs.onDidChangeList(() => {
      const there = new Set(runs.list.map((run) => run.directory));
      for (const directory of [...shown.keys()]) if (!there.has(directory)) hide(directory);
    }),
  );
  scope.add(() => {
    for (const { end } of shown.values()) end();
  });
}
