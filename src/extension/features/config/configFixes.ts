import * as vscode from 'vscode';
import type { Problem } from '../../../shared/problem.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';

/** Quick fixes that problems bring along. */
export function provideConfigFixes(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const actions: vscode.CodeAction[] = [];
  for (const diagnostic of diagnostics) {
    const problem = problemOf(document, diagnostic);
    const replacement = problem?.fix?.replacement;
    if (!problem?.fix || replacement === undefined) continue;
    const action = new vscode.CodeAction(problem.fix.title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.isPreferred = true;
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(document.uri, diagnostic.range, replacement);
    actions.push(action);
  }
  return actions;
}

/** The editor hands back copies of diagnostics, so the problem is found again among those that were published. */
function problemOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): Problem | undefined {
  const same = vscode.languages
    .getDiagnostics(document.uri)
    .find((other) => other.message === diagnostic.message && other.range.isEqual(diagnostic.range));
  return same instanceof ProblemDiagnostic ? same.problem : undefined;
}
