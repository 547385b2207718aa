import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import type { SweepRecord, SweepTrial } from '../../../shared/sweep/sweepRecord.ts';
import { replaceDifference } from '../../services/replaceDifference.ts';

/** Writes the values of a trial into the experiment, in its editor: comments and layout stay, and it can be undone. */
export async function useValues({ configFile, keys }: SweepRecord, { values }: SweepTrial): Promise<void> {
  // The record is a file that came with the folder: it must not have us edit just any file.
  if (!/\.ya?ml$/i.test(configFile)) throw new UserError(`${configFile}: this is no experiment file.`);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(configFile));
  const { setKeys } = await import('../../services/experimentText.ts');
  const before = document.getText();
  const after = setKeys(before, Object.fromEntries(keys.map(({ key }, i) => [key, values[i]!])));
  await vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
  if (after === before) return;
  const edit = new vscode.WorkspaceEdit();
  replaceDifference(document, after, edit);
  await vscode.workspace.applyEdit(edit);
}

/** Where the file is open already. */
const columnOf = (document: vscode.TextDocument): vscode.ViewColumn =>
  vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ??
  vscode.ViewColumn.Beside;
