import * as vscode from 'vscode';
import { chooseRun } from '../../services/runChoice.ts';
import type { Run, Runs } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** `ASR: Stop Training`: asks the engine to end, and waits until it has. */
export async function stopTraining({ runs }: Services, given: unknown): Promise<void> {
  const run = await chooseRun(runs, given, {
    placeHolder: 'Run to stop',
    suits: ({ active }) => active,
    none: 'No training is going on in this workspace.',
  });
  if (!run) return;
  await runs.request(run, 'stop');
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Stopping "${run.name}" after this step…` },
    () => waitForEnd(runs, run),
  );
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
