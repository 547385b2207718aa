import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TranscriptSource } from './transcriptJob.ts';

export const audioPattern = '**/*.{wav,WAV,flac,FLAC}';
/** More than anybody reads; what lies beyond it is told. */
const mostRecordings = 1000;

/** Files as they are given, folders as the recordings in them, sorted by path. */
export async function listRecordings(given: readonly vscode.Uri[]): Promise<TranscriptSource[]> {
  const found: vscode.Uri[] = [];
  for (const uri of given) {
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) {
      const inside = new vscode.RelativePattern(uri, audioPattern);
      const files = await vscode.workspace.findFiles(inside, '**/node_modules/**', mostRecordings + 1);
      found.push(...files.sort((a, b) => (a.path < b.path ? -1 : 1)));
    } else found.push(uri);
  }
  const all = [...new Map(found.map((uri) => [uri.toString(), uri])).values()];
  if (all.length > mostRecordings)
    void vscode.window.showWarningMessage(`Only the first ${mostRecordings} recordings are transcribed.`);
  const several = new Set(all.map(({ path: file }) => path.posix.basename(file))).size < all.length;
  return all.slice(0, mostRecordings).map((uri) => ({
    // Names that several folders have are told apart.
    name: several ? vscode.workspace.asRelativePath(uri) : path.posix.basename(uri.path),
    ...{ audio: uri.fsPath, startSec: 0 },
  }));
}
