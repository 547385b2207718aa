import * as path from 'node:path';
import * as vscode from 'vscode';

const listLimit = 5000;
const browse = '$(folder-opened) Browse…';

/** A recording of the workspace, or of anywhere. */
export async function pickRecording(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles('**/*.{wav,WAV,flac,FLAC}', '**/node_modules/**', listLimit);
  const items = found
    .filter(({ scheme }) => scheme === 'file')
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((uri) => ({
      label: path.basename(uri.path),
      description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
      file: uri.fsPath as string | undefined,
    }));
  const choice = await vscode.window.showQuickPick(
    [{ label: browse, description: '', alwaysShow: true, file: undefined }, ...items],
    { placeHolder: 'Recording to stream', matchOnDescription: true },
  );
  return choice && (choice.file ?? openDialog({ Recordings: ['wav', 'flac', 'mp3', 'ogg', 'oga', 'opus'] }));
}

async function openDialog(filters: Record<string, string[]>): Promise<string | undefined> {
  return (await vscode.window.showOpenDialog({ filters, openLabel: 'Use' }))?.[0]?.fsPath;
}
