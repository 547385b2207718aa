import * as vscode from 'vscode';
import { kindByName } from '../../../asr/documents/dataDocument.ts';
import { languageId } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Edge } from '../../services/edge.ts';
import type { DataChecker } from './dataChecker.ts';

/** A long manifest is sent whole after each pause in typing. */
const debounceMs = 500;

/** Checks documents that list recordings, and the data of experiments, while they are open. */
export function followDocuments(scope: Scope, edge: Edge, checker: DataChecker): void {
  const timers = new Map<string, NodeJS.Timeout>();
  const isEnabled = () => vscode.workspace.getConfiguration('asr').get('dataLint.enabled', true);
  const schedule = (document: vscode.TextDocument, delayMs: number, trusting: boolean): void => {
    const target = targetOf(document);
    if (target === undefined || !isEnabled()) return;
    clearTimeout(timers.get(target));
    const check = () => {
      timers.delete(target);
      const experiments = checker.experimentsOf(document.uri.fsPath);
      for (const one of experiments.length > 0 ? experiments : [target])
        void edge.quiet('Checking data', () => checker.check(one, { trusting }));
    };
    timers.set(target, setTimeout(check, delayMs));
  };
  const close = (document: vscode.TextDocument): void => {
    const target = targetOf(document);
    if (target === undefined) return;
    clearTimeout(timers.get(target));
    timers.delete(target);
    const others = vscode.workspace.textDocuments.filter((other) => other !== document && !other.isClosed);
    if (!others.some((other) => targetOf(other) === target)) checker.forget(target);
    // Manifests that are still open go on by themselves.
    if (document.languageId === languageId)
      for (const other of others) if (other.languageId !== languageId) schedule(other, debounceMs, true);
  };
  scope.add(vscode.workspace.onDidOpenTextDocument((document) => schedule(document, 0, false)));
  scope.add(vscode.workspace.onDidSaveTextDocument((document) => schedule(document, 0, false)));
  scope.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) schedule(document, debounceMs, true);
    }),
  );
  scope.add(vscode.workspace.onDidCloseTextDocument(close));
  scope.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('asr.dataLint')) return;
      for (const document of vscode.workspace.textDocuments) {
        const target = targetOf(document);
        if (target !== undefined && !isEnabled()) checker.forget(target);
        schedule(document, 0, false);
      }
    }),
  );
  scope.add(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  for (const document of vscode.workspace.textDocuments) schedule(document, 0, false);
}

/** What is checked for a document: an experiment, the document, or for a file of a Kaldi directory its `wav.scp`. */
function targetOf({ uri, languageId: language }: vscode.TextDocument): string | undefined {
  if (uri.scheme !== 'file') return undefined;
  if (language === languageId) return uri.fsPath;
  const kind = kindByName(uri.path.slice(uri.path.lastIndexOf('/') + 1));
  return kind === 'kaldi' ? vscode.Uri.joinPath(uri, '..', 'wav.scp').fsPath : kind && uri.fsPath;
}
