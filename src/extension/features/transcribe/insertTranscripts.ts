import * as path from 'node:path';
import * as vscode from 'vscode';
import { replaceText } from '../../../asr/replaceText.ts';
import { UserError } from '../../../shared/problem.ts';
import type { FoundLine } from '../../../shared/protocol/listen.ts';
import type { Transcription } from '../../services/transcription.ts';
import type { TranscriptJob } from './transcriptJob.ts';

/**
 * Puts what was heard into the lines that the recordings came from, all in one step that can be undone; nothing is saved.
 * A line is found again by its recording where lines have been moved. Throws a UserError for one that is gone.
 */
export async function insertTranscripts(
  job: TranscriptJob,
  indices: readonly number[],
  transcription: Transcription,
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const done: number[] = [];
  let first: { uri: vscode.Uri; range: vscode.Range } | undefined;
  for (const index of indices) {
    const { line } = job.sources[index]!;
    const { state, text } = job.items[index]!;
    // Nothing heard is no transcript: a line would lose its text to it.
    if (!line || state !== 'done' || text === '') continue;
    const now = await findAgain(line, transcription);
    const document = await openDocument(now.file);
    const { place, replacement } = replaceText(now, document.lineAt(now.line - 1).text, text);
    const range = new vscode.Range(place.line - 1, place.column - 1, place.line - 1, place.endColumn - 1);
    edit.replace(document.uri, range, replacement);
    first ??= { uri: document.uri, range };
    done.push(index);
  }
  if (!first) return;
  if (!(await vscode.workspace.applyEdit(edit))) throw new UserError('The editor did not take the change; try again.');
  for (const index of done) job.update(index, { inserted: true, line: 'filled' });
  // What has been changed is to be seen, since it is not saved.
  const shown = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === first.uri.toString(),
  );
  if (shown) shown.revealRange(first.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  else await showDocument(first.uri, first.range);
}

async function showDocument(uri: vscode.Uri, selection: vscode.Range): Promise<void> {
  await vscode.window.showTextDocument(uri, { selection, preserveFocus: true, viewColumn: vscode.ViewColumn.Beside });
}

/** The line as it is now: where it was, else wherever its document names the same recording. */
async function findAgain(line: FoundLine, transcription: Transcription): Promise<FoundLine> {
  const same = (other: FoundLine) => other.audio === line.audio && other.startSec === line.startSec;
  const here = await transcription.findLines(line.file, [[line.line, line.line]]).catch(() => undefined);
  const found =
    here?.lines.find(same) ??
    (await transcription.findLines(line.file)).lines.filter(same).find((_, i, all) => i === 0 && all.length === 1);
  if (found) return found;
  throw new UserError(`${path.basename(line.file)} does not name ${path.basename(line.audio)} any more.`);
}

async function openDocument(file: string): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  } catch {
    throw new UserError(`There is no file ${path.basename(file)} to put the transcript into.`);
  }
}
