import * as vscode from 'vscode';
import { type CommandId, spectrogramViewType } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';

/** Shows a recording in the spectrogram editor, and plays it there. */
export async function openRecording(file: unknown, play: boolean): Promise<void> {
  if (typeof file !== 'string') throw new UserError('There is no recording at this line.');
  const uri = vscode.Uri.file(file);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    throw new UserError(`There is no file ${file}.`);
  }
  await vscode.commands.executeCommand('vscode.openWith', uri, spectrogramViewType);
  const command: CommandId = 'asr.togglePlayback';
  if (play) await vscode.commands.executeCommand(command);
}

export async function openLine(file: string, line: number): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
}
