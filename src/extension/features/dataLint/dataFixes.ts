import * as path from 'node:path';
import * as vscode from 'vscode';
import { kindByName } from '../../../asr/documents/dataDocument.ts';
import { excludeUtterance } from '../../../asr/excludeUtterance.ts';
import { jsonMembers } from '../../../asr/jsonMembers.ts';
import { parseManifest, type Utterance } from '../../../asr/manifest.ts';
import type { CommandId } from '../../../shared/contributions.ts';
import { type Problem, type RecordingChange, UserError } from '../../../shared/problem.ts';
import { ProblemDiagnostic } from '../../services/problems.ts';
import type { DataChecker } from './dataChecker.ts';

/** Of documents in the workspace as well as outside; which of them list recordings their problems tell. */
export const fixedDocuments: vscode.DocumentSelector = ['**/*.{jsonl,csv,tsv}', '**/*.trans.txt', '**/text'].map(
  (pattern) => ({ scheme: 'file', pattern }),
);

/** What mends problems of data: the fix a problem brings, a changed copy of the recording, or leaving the line out. */
export function provideDataFixes(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
  checker: Pick<DataChecker, 'isCurrent'>,
): vscode.CodeAction[] {
  // Places in a text that has changed since are wrong; the next check is under way.
  if (!checker.isCurrent(document.uri.fsPath, document.version)) return [];
  const own = diagnostics.filter(({ source, code }) => source === 'asr' && code !== 'more');
  const actions = own.flatMap((diagnostic) => fixesOf(document, diagnostic));
  const lines = new Set(own.map(({ range }) => range.start.line));
  for (const line of lines) {
    const leaving = leaveOut(document, line);
    if (!leaving) continue;
    leaving.diagnostics = own.filter(({ range }) => range.start.line === line);
    actions.push(leaving);
  }
  return actions;
}

function fixesOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
  const fix = problemOf(document, diagnostic)?.fix;
  if (!fix) return [];
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  if (fix.replacement !== undefined) {
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(document.uri, diagnostic.range, fix.replacement);
  } else if (fix.copy && utteranceAt(document, diagnostic.range.start.line)) {
    const command: CommandId = 'asr.changeRecording';
    const parameters = [document.uri, diagnostic.range.start.line, fix.copy];
    action.command = { command, title: fix.title, arguments: parameters };
  } else return [];
  return [action];
}

/** A manifest keeps the line and marks it; elsewhere the line goes. */
function leaveOut(document: vscode.TextDocument, line: number): vscode.CodeAction | undefined {
  const edit = new vscode.WorkspaceEdit();
  const { text, range, rangeIncludingLineBreak } = document.lineAt(line);
  if (kindByName(path.basename(document.fileName)) !== 'manifest') {
    const action = new vscode.CodeAction('Remove the line', vscode.CodeActionKind.QuickFix);
    edit.delete(document.uri, rangeIncludingLineBreak);
    action.edit = edit;
    return action;
  }
  const utterance = utteranceAt(document, line);
  const excluded = utterance && excludeUtterance(text, { ...utterance, line: 1 }, true);
  if (!excluded || excluded.text === text) return undefined;
  const action = new vscode.CodeAction('Exclude from training', vscode.CodeActionKind.QuickFix);
  edit.replace(document.uri, range, excluded.text);
  action.edit = edit;
  return action;
}

/** Writes the copy and names it in the line, an edit that can be undone; the copy then stays. */
export async function changeRecording(
  uri: vscode.Uri,
  line: number,
  change: RecordingChange,
  checker: Pick<DataChecker, 'changeRecording'>,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const before = utteranceAt(document, line);
  if (!before) throw new UserError(`Line ${line + 1} names no recording any more.`);
  const recording = path.resolve(path.dirname(uri.fsPath), before.audioFilepath);
  const copy = await checker.changeRecording(recording, change);
  const { text, range } = document.lineAt(line);
  if (utteranceAt(document, line)?.audioFilepath !== before.audioFilepath)
    throw new UserError(`The line was changed meanwhile; the copy is ${copy.file}.`);
  const stem = before.audioFilepath.slice(0, before.audioFilepath.lastIndexOf('/') + 1);
  const values = {
    audio_filepath: JSON.stringify(`${stem}${path.basename(copy.file)}`),
    duration: String(Math.round(copy.durationSec * 1e4) / 1e4),
  };
  let changed = text;
  for (const { key, valueFrom, to } of jsonMembers(text).reverse())
    if (key === 'audio_filepath' || key === 'duration')
      changed = changed.slice(0, valueFrom) + values[key] + changed.slice(to);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, range, changed);
  await vscode.workspace.applyEdit(edit);
}

function utteranceAt(document: vscode.TextDocument, line: number): Utterance | undefined {
  if (line >= document.lineCount || kindByName(path.basename(document.fileName)) !== 'manifest') return undefined;
  return parseManifest(document.lineAt(line).text, document.fileName).utterances[0];
}

/** The editor hands back copies of diagnostics, so the problem is found again among those that were published. */
function problemOf(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): Problem | undefined {
  const same = vscode.languages
    .getDiagnostics(document.uri)
    .find((other) => other.message === diagnostic.message && other.range.isEqual(diagnostic.range));
  return same instanceof ProblemDiagnostic ? same.problem : undefined;
}
