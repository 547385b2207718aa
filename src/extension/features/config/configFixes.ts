import * as vscode from 'vscode';
import type { Problem } from '../../../shared/problem.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';
import { replaceDifference } from '../../services/replaceDifference.ts';

/** Quick fixes that problems bring along, and one that applies every remedy there is. */
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
    if (fix.set) {
      const { setKeys } = await import('../../services/experimentText.ts');
      replaceDifference(document, setKeys(document.getText(), fix.set), action.edit);
    }
    actions.push(action);
  }
  const whole = await correctAll(document, diagnostics);
  return whole ? [...actions, whole] : actions;
}

/** Offered on every finding of lint where at least two of the file's have a remedy. */
async function correctAll(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction | undefined> {
  const mendable = vscode.languages
    .getDiagnostics(document.uri)
    .filter((each) => each instanceof ProblemDiagnostic && each.problem.fix?.set);
  const own = diagnostics.filter((diagnostic) => diagnostic.source === 'asr');
  if (mendable.length < 2 || own.length === 0) return undefined;
  const { correctText } = await import('../../services/experimentText.ts');
  const { text, keys } = correctText(document.getText());
  const count = Object.keys(keys).length;
  if (count === 0) return undefined;
  const action = new vscode.CodeAction(`Correct the recipe (${count} keys)`, vscode.CodeActionKind.QuickFix);
  action.diagnostics = own;
  action.edit = new vscode.WorkspaceEdit();
  replaceDifference(document, text, action.edit);
  return action;
}

/** The editor hands back copies of diagnostics, so the problem is found again among those that were published. */
function problemOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): Problem | undefined {
  const same = vscode.languages
    .getDiagnostics(document.uri)
    .find((other) => other.message === diagnostic.message && other.range.isEqual(diagnostic.range));
  return same instanceof ProblemDiagnostic ? same.problem : undefined;
}
