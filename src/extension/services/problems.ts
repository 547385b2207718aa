import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../shared/problem.ts';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const satisfies Record<Problem['severity'], vscode.DiagnosticSeverity>;

/** A diagnostic that still carries its problem, so that quick fixes can be made from it. */
export class ProblemDiagnostic extends vscode.Diagnostic {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(rangeOf(problem), problem.message, severities[problem.severity]);
    this.problem = problem;
    this.code = problem.code;
    this.source = 'asr';
  }
}

/** Problems count from 1, editors from 0; a problem without an end covers the rest of its line. */
export function rangeOf(problem: Problem): vscode.Range {
  const line = Math.max(0, (problem.line ?? 1) - 1);
  const column = Math.max(0, (problem.column ?? 1) - 1);
  const endLine = problem.endLine === undefined ? line : problem.endLine - 1;
  const endColumn = problem.endColumn === undefined ? Number.MAX_SAFE_INTEGER : problem.endColumn - 1;
  return new vscode.Range(line, column, endLine, endColumn);
}

/** Opens the file at the problem. `base` is what relative names start from. */
export async function openProblem(problem: Problem, base: vscode.Uri): Promise<void> {
  const uri = problem.file === undefined ? base : resolveFile(problem.file, base);
  await vscode.window.showTextDocument(uri, { selection: rangeOf(problem), preserveFocus: false });
}

function resolveFile(file: string, base: vscode.Uri): vscode.Uri {
  if (file === base.fsPath || path.isAbsolute(file)) return base.with({ path: vscode.Uri.file(file).path });
  return vscode.Uri.joinPath(base, '..', file);
}
