import * as path from 'node:path';
import * as vscode from 'vscode';
import { chooseModel } from '../../services/chooseModel.ts';
import type { Services } from '../../services/services.ts';
import { audioPattern } from './listRecordings.ts';

export interface AudioChoice {
  uri: vscode.Uri;
  /** What to transcribe with. */
  model: string;
}

interface AudioItem extends vscode.QuickPickItem {
  /** Absent on the row that opens a file dialog. */
  uri?: vscode.Uri;
}

const modelButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('versions'),
  tooltip: 'Choose another model',
};
const listLimit = 5000;

/** Recordings of the workspace, the one in view first; a button changes the model. */
export async function pickAudio(
  active: vscode.Uri | undefined,
  model: string,
  services: Services,
): Promise<AudioChoice | undefined> {
  const answer = await showRecordings(await listItems(active), model);
  if (answer === undefined) return undefined;
  if (answer === 'otherModel') {
    const other = await chooseModel(services, 'Transcribe');
    return other === undefined ? undefined : pickAudio(active, other, services);
  }
  const uri = answer.uri ?? (await openDialog());
  return uri ? { uri, model } : undefined;
}

async function listItems(active: vscode.Uri | undefined): Promise<AudioItem[]> {
  const found = await vscode.workspace.findFiles(audioPattern, '**/node_modules/**', listLimit);
  const itemOf = (uri: vscode.Uri): AudioItem => ({
    label: path.basename(uri.path),
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
    uri,
  });
  const others = found
    .filter((uri) => uri.toString() !== active?.toString())
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return [
    ...(active ? [{ ...itemOf(active), detail: 'open in the editor' }] : []),
    { label: '$(folder-opened) Browse…', alwaysShow: true },
    ...others.map(itemOf),
  ];
}

function showRecordings(items: AudioItem[], model: string): Promise<AudioItem | 'otherModel' | undefined> {
  const pick = vscode.window.createQuickPick<AudioItem>();
  pick.items = items;
  pick.title = `Transcribe with ${path.basename(model)}`;
  pick.placeholder = 'Recording to transcribe';
  pick.matchOnDescription = true;
  pick.buttons = [modelButton];
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.dispose();
    });
    pick.onDidTriggerButton(() => {
      resolve('otherModel');
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function openDialog(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    filters: { Recordings: ['wav', 'flac', 'mp3', 'ogg', 'oga', 'opus'] },
    openLabel: 'Transcribe',
    title: 'Recording to transcribe',
  });
  return files?.[0];
}
