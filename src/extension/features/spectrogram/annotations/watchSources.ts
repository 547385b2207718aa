import { basename, dirname, extname } from 'node:path';
import * as vscode from 'vscode';
import { createScope } from '../../../../shared/scope.ts';

/** A file that is being written changes many times in a row. */
const quietMs = 300;
const elsewhere = /[\\/](node_modules|runs|\.git)[\\/]/;

/** Tells of files that may say something of a recording, after they were written, made or deleted. */
export function watchSources(
  recording: vscode.Uri,
  known: () => readonly string[],
  changed: (files: string[]) => void,
): vscode.Disposable {
  const scope = createScope();
  const stem = basename(recording.fsPath, extname(recording.fsPath));
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const isOurs = (file: string) => {
    const name = basename(file);
    if (known().includes(file)) return true;
    if (
      dirname(file) === dirname(recording.fsPath) &&
      (name.startsWith(`${stem}.`) || /\.(ctm|trans\.txt)$/i.test(name))
    )
      return /\.(textgrid|txt|ctm|jsonl|csv|tsv)$/i.test(name);
    return /\.(jsonl|csv|tsv)$/i.test(name) && !elsewhere.test(file);
  };
  const tell = ({ scheme, fsPath }: vscode.Uri) => {
    if (scheme !== 'file' || !isOurs(fsPath)) return;
    waiting.add(fsPath);
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed([...waiting]);
      waiting.clear();
    }, quietMs);
  };
  scope.add(() => clearTimeout(timer));
  const folder = vscode.Uri.joinPath(recording, '..');
  const patterns: vscode.GlobPattern[] = [new vscode.RelativePattern(folder, '*'), '**/*.{jsonl,csv,tsv}'];
  for (const pattern of patterns) {
    const watcher = scope.add(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) scope.add(event(tell));
  }
  return scope;
}
