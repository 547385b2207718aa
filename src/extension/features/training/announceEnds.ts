import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { runFiles } from '../../../shared/run/layout.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { showRunReport } from './runReports.ts';
import { resumeRun } from './train.ts';

/** Says when a run has ended, and offers what comes next. */
export function announceEnds(scope: Scope, services: Services): void {
  scope.add(
    services.runs.onDidChange(({ run, ended }) => {
      // One whose process died is offered by itself: see `offerResume`. Of a sweep only its end is told.
      if (ended && run.state !== 'interrupted' && !run.sweep)
        void services.edge.guard('Training', () => announce(run, services));
    }),
  );
}

async function announce(run: Run, services: Services): Promise<void> {
  const transcribe = 'Transcribe File';
  const show = 'Show Run';
  const resume = 'Resume';
  const log = 'Show Log';
  const choice = await sayEnd(run, { transcribe, show, resume, log });
  const command: CommandId = 'asr.transcribeFile';
  if (choice === transcribe) await vscode.commands.executeCommand(command);
  else if (choice === show) await showRunReport(run);
  else if (choice === resume) await resumeRun(services, run);
  else if (choice === log) await showRunLog(run, services);
}

type Actions = Record<'transcribe' | 'show' | 'resume' | 'log', string>;

function sayEnd(run: Run, { transcribe, show, resume, log }: Actions): Thenable<string | undefined> {
  const { best, message, started } = run.model;
  const epochs = started ? ` after ${Math.min(run.model.epoch + 1, started.epochs)} of ${started.epochs} epochs` : '';
  const from = best?.epoch === undefined ? 'average' : `epoch ${best.epoch + 1}`;
  const result = best ? `: best WER ${formatPercent(best.wer)} (${from})` : '';
  switch (run.state) {
    case 'done':
      return vscode.window.showInformationMessage(`Training of "${run.name}" is done${result}.`, transcribe, show, log);
    case 'stopped':
      return vscode.window.showInformationMessage(
        `Training of "${run.name}" was stopped${epochs}${result}.`,
        resume,
        transcribe,
        show,
      );
    default:
      return vscode.window.showErrorMessage(`Training of "${run.name}" failed: ${message ?? 'see its log'}`, log, show);
  }
}

/** The run's own log when there is one, else the channel of the engine. */
export async function showRunLog(run: Run, { log }: Services): Promise<void> {
  const file = vscode.Uri.file(path.join(run.directory, runFiles.log));
  try {
    await vscode.workspace.fs.stat(file);
  } catch {
    log.engine.show();
    return;
  }
  await vscode.window.showTextDocument(file, { preview: true });
}
