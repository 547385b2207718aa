import * as vscode from 'vscode';
import { renderRunStatus } from '../../../shared/run/runStatus.ts';
import type { Run, Runs } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** `ASR: Stop Training`: asks the engine to end, and waits until it has. */
export async function stopTraining({ runs }: Services): Promise<void> {
  await runs.refresh();
  const active = runs.list.filter((run) => run.active);
  const run = active.length > 1 ? await chooseRun(active) : active[0];
  if (!run) {
    if (active.length === 0) await vscode.window.showInformationMessage('No training is going on in this workspace.');
    return;
  }
  await runs.stop(run);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Stopping "${run.name}" after this step…` },
    () => waitForEnd(runs, run),
  );
}

async function chooseRun(active: Run[]): Promise<Run | undefined> {
  const items = active.map((run) => ({ label: run.name, description: renderRunStatus(run.model), run }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Run to stop' }))?.run;
}

/** The run goes on being shown in the status bar if it takes longer. */
const patienceMs = 30_000;

function waitForEnd(runs: Runs, run: Run): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    const subscription = runs.onDidChange((change) => {
      if (change.run.directory === run.directory && !change.run.active) done();
    });
  });
}
