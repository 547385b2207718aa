import * as vscode from 'vscode';
import type { Problem } from '../../../shared/problem.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';

/** Quick fixes that problems bring along. */
export async function provideConfigFixes(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction[]> {
  const actions: vscode.CodeAction[] = [];
  for (const diagnostic of diagnostics) {
    const fix = problemOf(document, diagnostic)?.fix;
    if (!fix) continue;
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.isPreferred = true;
    action.edit = new vscode.WorkspaceEdit();
    if (fix.replacement !== undefined) action.edit.replace(document.uri, diagnostic.range, fix.replacement);
    if (fix.set) await editKeys(document, fix.set, action.edit);
    actions.push(action);
  }
  return actions;
}

/** Sets keys with comments and layout kept; replaces only what changes, so that cursors stay. */
async function editKeys(
  document: vscode.TextDocument,
  keys: Readonly<Record<string, string>>,
  edit: vscode.WorkspaceEdit,
): Promise<void> {
  const { setKeys } = await import('../../services/experimentText.ts');
  const before = document.getText();
  const after = setKeys(before, keys);
  let start = 0;
  while (start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before.at(-1 - end) === after.at(-1 - end)) end++;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(before.length - end));
  edit.replace(document.uri, range, after.slice(start, after.length - end));
}

/** The editor hands back copies of diagnostics, so the problem is found again among those that were published. */
function problemOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): Problem | undefined {
  const same = vscode.languages
    .getDiagnostics(document.uri)
    .find((other) => other.message === diagnostic.message && other.range.isEqual(diagnostic.range));
  return same instanceof ProblemDiagnostic ? same.problem : undefined;
}
