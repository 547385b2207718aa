import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** Says what keeps a run from going on, such as a full disk, for as long as it does. */
export function announceAlerts(scope: Scope, { runs }: Services): void {
  const shown = new Map<string, () => void>();
  const hide = (directory: string) => {
    shown.get(directory)?.();
    shown.delete(directory);
  };
  const look = (run: Run) => {
    if (!run.alert) return hide(run.directory);
    if (shown.has(run.directory)) return;
    // A progress message is the one that can be taken back.
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: `Training of "${run.name}" waits: ${run.alert.message}`,
    };
    void vscode.window.withProgress(options, () => new Promise<void>((done) => shown.set(run.directory, done)));
  };
  scope.add(runs.onDidChange(({ run }) => look(run)));
  scope.add(
    runs.onDidChangeList(() => {
      const there = new Set(runs.list.map((run) => run.directory));
      for (const directory of [...shown.keys()]) if (!there.has(directory)) hide(directory);
    }),
  );
  scope.add(() => {
    for (const done of shown.values()) done();
  });
}
