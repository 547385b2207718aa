import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import { type PictureForm, pictureForms } from '../../../../shared/protocol/spectrogramOut.ts';
import { stretchName } from './stretchName.ts';

/** What goes to no local disk crosses as one message. */
const largestRemoteBytes = 512 * 1024 * 1024;

/** Asks where a file about a stretch goes, beside the recording at first; the workbench asks before it replaces a file. */
export async function askForFile(
  recording: vscode.Uri,
  filters: Record<string, string[]>,
  startSec: number,
  endSec: number,
  ending: string,
): Promise<vscode.Uri | undefined> {
  const name = stretchName(path.posix.basename(recording.path), startSec, endSec, ending);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(recording, '..', name),
    filters,
  });
  if (target?.toString() === recording.toString())
    throw new UserError('That is the recording itself, which stays as it is; choose another name.');
  return target;
}

/** By the ending the user chose; `wanted` for any other. */
export function formOfFile(target: vscode.Uri, wanted: PictureForm): PictureForm {
  return pictureForms.find((form) => target.path.toLowerCase().endsWith(`.${form}`)) ?? wanted;
}

/** Lets `write` make a local file, which goes to where it belongs. */
export async function writeTo<T>(target: vscode.Uri, write: (path: string) => Promise<T>): Promise<T> {
  if (target.scheme === 'file') return write(target.fsPath);
  const folder = await mkdtemp(path.join(tmpdir(), 'asr-save-'));
  try {
    const local = path.join(folder, 'file');
    const result = await write(local);
    const size = await stat(local).then(
      (found) => found.size,
      () => undefined,
    );
    if (size !== undefined && size > largestRemoteBytes)
      throw new UserError('The file is too large to be sent over this connection; save it to a local folder.');
    if (size !== undefined) await vscode.workspace.fs.writeFile(target, await readFile(local));
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says that a file is there, and offers to open it; nobody waits for the answer. */
export function showSaved(target: vscode.Uri, what = ''): void {
  const name = path.posix.basename(target.path);
  const open = 'Open';
  void vscode.window.showInformationMessage(`Saved ${name}${what}.`, open).then(async (choice) => {
    if (choice === open) await vscode.commands.executeCommand('vscode.open', target);
  });
}
