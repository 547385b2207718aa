import * as vscode from 'vscode';
import type { SweepRecord, SweepTrial } from '../../../shared/sweep/sweepRecord.ts';

/** Writes the values of a trial into the experiment, in its editor: comments and layout stay, and it can be undone. */
export async function useValues({ configFile, keys }: SweepRecord, { values }: SweepTrial): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(configFile));
  const { setKeys } = await import('../../services/experimentText.ts');
  const before = document.getText();
  const after = setKeys(before, Object.fromEntries(keys.map(({ key }, i) => [key, values[i]!])));
  await vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
  if (after === before) return;
  const { start, end, text } = difference(before, after);
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  await vscode.workspace.applyEdit(edit);
}

/** Where the file is open already. */
const columnOf = (document: vscode.TextDocument): vscode.ViewColumn =>
  vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn ??
  vscode.ViewColumn.Beside;

/** What of a text is replaced by what, so that cursors elsewhere stay. */
export function difference(before: string, after: string): { start: number; end: number; text: string } {
  let start = 0;
  while (start < after.length && before[start] === after[start]) start++;
  let same = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (same < shorter && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
