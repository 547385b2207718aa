import * as vscode from 'vscode';
import { languageId } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Edge } from '../../services/edge.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';

const debounceMs = 150;

/** Keeps the problems of every open experiment in the Problems panel. */
export function validateExperiments(scope: Scope, edge: Edge): void {
  const collection = scope.add(vscode.languages.createDiagnosticCollection('asr-config'));
  const timers = new Map<string, NodeJS.Timeout>();
  const validate = async (document: vscode.TextDocument): Promise<void> => {
    const { version } = document;
    const { checkExperimentText } = await import('../../services/experimentText.ts');
    // The text may have changed while the parser was loaded; the change has asked for a look of its own.
    if (document.isClosed || document.version !== version) return;
    const { problems } = checkExperimentText(document.getText(), document.fileName);
    collection.set(
      document.uri,
      problems.map((problem) => new ProblemDiagnostic(problem)),
    );
  };
  const schedule = (document: vscode.TextDocument, delayMs: number): void => {
    if (document.languageId !== languageId) return;
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        void edge.quiet('Validation', () => validate(document));
      }, delayMs),
    );
  };
  const forget = (document: vscode.TextDocument): void => {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.delete(key);
    collection.delete(document.uri);
  };
  scope.add(vscode.workspace.onDidOpenTextDocument((document) => schedule(document, 0)));
  scope.add(vscode.workspace.onDidChangeTextDocument(({ document }) => schedule(document, debounceMs)));
  scope.add(vscode.workspace.onDidCloseTextDocument(forget));
  scope.add(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  for (const document of vscode.workspace.textDocuments) schedule(document, 0);
}
