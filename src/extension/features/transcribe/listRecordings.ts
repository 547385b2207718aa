import * as path from 'node:path';
import * as vscode from 'vscode';
import { kindByName } from '../../../asr/documents/dataDocument.ts';
import type { Transcription } from '../../services/transcription.ts';
import { sourcesOf } from './selectedLines.ts';
import type { TranscriptSource } from './transcriptJob.ts';

export const audioPattern = '**/*.{wav,WAV,flac,FLAC}';
/** More than anybody reads; what lies beyond it is told. */
const mostRecordings = 1000;

/**
 * Files as they are given, folders as the recordings in them, sorted by path, and lists of recordings as all of their
 * lines.
 */
export async function listRecordings(
  given: readonly vscode.Uri[],
  transcription: Transcription,
): Promise<TranscriptSource[]> {
  const found: vscode.Uri[] = [];
  const lines: TranscriptSource[] = [];
  for (const uri of given) {
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) {
      const inside = new vscode.RelativePattern(uri, audioPattern);
      const files = await vscode.workspace.findFiles(inside, '**/node_modules/**', mostRecordings + 1);
      found.push(...files.sort((a, b) => (a.path < b.path ? -1 : 1)));
    } else if (kindByName(path.posix.basename(uri.path)))
      lines.push(...sourcesOf(uri.fsPath, await transcription.findLines(uri.fsPath)));
    else found.push(uri);
  }
  const sources = [...lines, ...recordings(found)];
  if (sources.length > mostRecordings)
    void vscode.window.showWarningMessage(`Only the first ${mostRecordings} recordings are transcribed.`);
  return sources.slice(0, mostRecordings);
}

function recordings(found: readonly vscode.Uri[]): TranscriptSource[] {
  const all = [...new Map(found.map((uri) => [uri.toString(), uri])).values()];
  const several = new Set(all.map(({ path: file }) => path.posix.basename(file))).size < all.length;
  return all.map((uri) => ({
    // Names that several folders have are told apart.
    name: several ? vscode.workspace.asRelativePath(uri) : path.posix.basename(uri.path),
    ...{ audio: uri.fsPath, startSec: 0 },
  }));
}
