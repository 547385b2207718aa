import * as path from 'node:path';
import * as vscode from 'vscode';
import { kindByName } from '../../../asr/documents/dataDocument.ts';
import { findExperiments } from '../../services/experiments.ts';
import type { DataChecker } from './dataChecker.ts';

const skipped = '{**/node_modules/**,**/runs/**,**/.git/**}';
const mostDocuments = 5000;

/** Checks the data of every experiment, then every other document that lists recordings; it can be cancelled and gone on with. */
export async function checkWorkspace(checker: DataChecker): Promise<void> {
  const experiments = (await findExperiments()).filter(({ scheme }) => scheme === 'file');
  const found = await vscode.workspace.findFiles(
    '**/{*.jsonl,*.csv,*.tsv,*.trans.txt,wav.scp}',
    skipped,
    mostDocuments,
  );
  const documents = found
    .filter(({ scheme, path: file }) => scheme === 'file' && kindByName(path.posix.basename(file)))
    .map(({ fsPath }) => fsPath)
    .sort();
  const total = { documents: 0, utterances: 0, usable: 0 };
  const done = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Checking data', cancellable: true },
    async (progress, token) => {
      const targets = [...experiments.map(({ fsPath }) => fsPath), ...documents];
      for (const target of targets) {
        if (token.isCancellationRequested) return false;
        progress.report({ message: path.basename(target), increment: 100 / targets.length });
        if (checker.experimentsOf(target).length > 0) continue;
        const cancelling = token.onCancellationRequested(() => checker.stop(target));
        try {
          const summary = await checker.check(target);
          if (!summary) continue;
          total.documents += summary.files.length;
          total.utterances += summary.utterances;
          total.usable += summary.usable;
        } finally {
          cancelling.dispose();
        }
      }
      return !token.isCancellationRequested;
    },
  );
  if (!done) return;
  const message =
    total.documents === 0
      ? 'There is no document here that lists recordings: a manifest, a transcript list, a table or a Kaldi directory.'
      : `${total.usable} of ${total.utterances} utterances in ${total.documents} documents can be used.`;
  void vscode.window
    .showInformationMessage(message, ...(total.documents === 0 ? [] : ['Show Problems']))
    .then((choice) => choice && vscode.commands.executeCommand('workbench.actions.view.problems'));
}
