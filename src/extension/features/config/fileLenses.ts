import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import { canResume } from '../../services/runContext.ts';
import type { Run } from '../../services/runs.ts';
import type { ExperimentRuns } from './experimentRuns.ts';

/** `▶ Train | Debug | Resume | last run: dev WER 12.3 % (3 runs)`: what can be done with the whole file here. */
export function fileLenses(document: vscode.TextDocument, name: string, runs: ExperimentRuns): vscode.Command[] {
  if (!vscode.workspace.isTrusted || !vscode.workspace.workspaceFolders) return [];
  const command = (id: CommandId, title: string, subject: unknown = document.uri) => ({
    title,
    command: id,
    arguments: [subject],
  });
  const own = document.uri.scheme === 'file' ? runs.of(document.fileName, name) : [];
  const [last] = own;
  const count = own.length === 1 ? '1 run' : `${own.length} runs`;
  return [
    command('asr.train', '$(play) Train'),
    command('asr.debugTraining', '$(debug-alt) Debug'),
    ...(last && canResume(last) ? [command('asr.resumeRun', '$(debug-continue) Resume', last.directory)] : []),
    ...(last ? [command('asr.showRunsOfExperiment', `last run: ${outcome(last)} (${count})`)] : []),
  ];
}

const outcome = ({ model, state }: Run): string =>
  model.best ? `dev WER ${formatPercent(model.best.wer)}` : state === 'starting' ? 'preparing' : state;
