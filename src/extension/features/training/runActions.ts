import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { formatPercent, renderRunStatus } from '../../../shared/run/runStatus.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { showRunLog } from './announceEnds.ts';
import { showRunReport } from './runReports.ts';
import { followRun, resumeRun } from './train.ts';

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
  const placeHolder = `${run.name}: ${run.state} · ${renderRunStatus(run.model)}`;
  const choice = await vscode.window.showQuickPick(actionsFor(run, services), { placeHolder });
  await choice?.run();
}

function actionsFor(run: Run, services: Services): Action[] {
  const execute = (command: CommandId) => vscode.commands.executeCommand(command);
  const { runs } = services;
  const others = runs.list.filter((other) => other.directory !== run.directory);
  return [
    ...(run.active
      ? [
          { label: '$(debug-stop) Stop Training', run: () => execute('asr.stopTraining') },
          { label: '$(eye) Follow in a Terminal', run: () => followRun(services, run) },
        ]
      : run.state !== 'done'
        ? [{ label: '$(debug-continue) Resume', run: () => resumeRun(services, run) }]
        : []),
    { label: '$(graph-line) Show Report', run: () => showRunReport(run) },
    { label: '$(comment) Transcribe File', run: () => execute('asr.transcribeFile') },
    { label: '$(output) Show Log', run: () => showRunLog(run, services) },
    { label: '$(folder-opened) Show in Explorer', run: () => reveal(run) },
    ...(others.length > 0 ? [{ label: '$(history) Other Runs', run: () => showOtherRun(others) }] : []),
  ];
}

const reveal = (run: Run) => vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(run.directory));

async function showOtherRun(runs: Run[]): Promise<void> {
  const items = runs.map((run) => ({
    label: path.basename(run.directory),
    description: [run.state, ...(run.model.best ? [`WER ${formatPercent(run.model.best.wer)}`] : [])].join(' · '),
    run,
  }));
  const choice = await vscode.window.showQuickPick(items, { placeHolder: 'Run to show', matchOnDescription: true });
  if (choice) await showRunReport(choice.run);
}
