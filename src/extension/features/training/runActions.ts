import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { renderRunStatus } from '../../../shared/run/runStatus.ts';
import { runsViewId } from '../../../shared/runContributions.ts';
import { canContinue, canPause, canResume } from '../../services/runContext.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { followRun } from './train.ts';

interface Action extends vscode.QuickPickItem {
  run(): unknown;
}

/** What a click on the status item offers, for the current run or that of a directory. */
export async function showRunActions(services: Services, directory?: unknown): Promise<void> {
  await services.runs.refresh();
  const { runs } = services;
  const run = runs.list.find((each) => each.directory === directory) ?? runs.current;
  if (!run) {
    await vscode.window.showInformationMessage('There is no run in this workspace yet.');
    return;
  }
  const trouble = run.alert ? ` · ${run.alert.message}` : '';
  const placeHolder = `${run.name}: ${run.state} · ${renderRunStatus(run.model)}${trouble}`;
  const choice = await vscode.window.showQuickPick(actionsFor(run, services), { placeHolder });
  await choice?.run();
}

function actionsFor(run: Run, services: Services): Action[] {
  const { runs } = services;
  const onRun = (label: string, command: CommandId): Action => ({
    label,
    run: () => vscode.commands.executeCommand(command, run.directory),
  });
  const others = runs.list.filter((other) => other.directory !== run.directory);
  return [
    ...(canPause(run) ? [onRun('$(debug-pause) Pause Training', 'asr.pauseTraining')] : []),
    ...(canContinue(run) ? [onRun('$(debug-continue) Continue Training', 'asr.continueTraining')] : []),
    ...(run.active
      ? [
          onRun('$(debug-stop) Stop Training', 'asr.stopTraining'),
          onRun('$(save) Save Checkpoint Now', 'asr.saveCheckpoint'),
          { label: '$(eye) Follow in a Terminal', run: () => followRun(services, run) },
        ]
      : []),
    ...(canResume(run) ? [onRun('$(debug-rerun) Resume', 'asr.resumeRun')] : []),
    onRun('$(graph-line) Open', 'asr.openRun'),
    onRun('$(book) Show Report', 'asr.showReport'),
    { label: '$(comment) Transcribe File', run: () => execute('asr.transcribeFile') },
    onRun('$(output) Show Log', 'asr.showRunLog'),
    onRun('$(note) Edit Note', 'asr.editRunNote'),
    onRun('$(folder-opened) Show in Explorer', 'asr.revealRun'),
    ...(others.length > 0
      ? [{ label: '$(history) All Runs', run: () => vscode.commands.executeCommand(`${runsViewId}.focus`) }]
      : []),
  ];
}

const execute = (command: CommandId) => vscode.commands.executeCommand(command);
