import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import { renderSplit, type SplitAnswer } from './splitAnswers.ts';

const scheme = 'asr-split';
const keptTexts = 20;

export interface SplitDocuments {
  /** Opens the table of a split. */
  show(answer: SplitAnswer, source: string): Promise<void>;
}

/** Read-only documents, so that closing one never asks whether to save it. */
export function provideSplits(scope: Scope): SplitDocuments {
  const texts = new Map<string, string>();
  const changed = scope.add(new vscode.EventEmitter<vscode.Uri>());
  scope.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? 'This table was not kept.\n',
    }),
  );
  return {
    async show(answer, source) {
      const uri = vscode.Uri.from({ scheme, path: `/${path.basename(source)} split.md`, query: source });
      texts.set(uri.toString(), renderSplit(answer, source));
      if (texts.size > keptTexts) texts.delete(texts.keys().next().value!);
      changed.fire(uri);
      await vscode.window.showTextDocument(uri, { preview: true });
    },
  };
}
