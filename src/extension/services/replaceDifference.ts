import * as vscode from 'vscode';
import { textDifference } from './textDifference.ts';

/** Adds to an edit what makes a document say `after`. Only what changes is replaced, so that cursors stay. */
export function replaceDifference(document: vscode.TextDocument, after: string, edit: vscode.WorkspaceEdit): void {
  const { start, end, text } = textDifference(document.getText(), after);
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
}
