import { open } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { kindByName } from '../../asr/documents/dataDocument.ts';

const skipped = '{**/node_modules/**,**/runs/**,**/.git/**}';
const mostListed = 500;
const headBytes = 4096;

interface ManifestItem extends vscode.QuickPickItem {
  file?: string;
}

/** Paths of the manifests that a command was called on: a file, several of the Explorer, the one in the editor. */
export function manifestsIn(given: readonly unknown[]): string[] {
  const [first, selected] = given;
  const all = Array.isArray(selected) && selected.length > 0 ? selected : [first];
  const files = all.flatMap((item) => {
    if (typeof item === 'string' && path.isAbsolute(item)) return [item];
    return item instanceof vscode.Uri && item.scheme === 'file' ? [item.fsPath] : [];
  });
  return files.filter((file) => kindByName(path.basename(file)) !== undefined);
}

/** Asks for a manifest of the workspace to write to, or for a new one. */
export async function pickManifestToWrite(title: string, folder: vscode.Uri): Promise<string | undefined> {
  const items: ManifestItem[] = (await findManifests()).sort(byRole).map(itemOf);
  const create: ManifestItem = { label: '$(new-file) New Manifest…', alwaysShow: true };
  const choice = await vscode.window.showQuickPick([...items, create], { title, placeHolder: 'Manifest' });
  if (choice !== create) return choice?.file;
  const defaultUri = vscode.Uri.joinPath(folder, 'manifest.jsonl');
  const target = await vscode.window.showSaveDialog({ title, defaultUri, filters: { Manifest: ['jsonl'] } });
  return target?.fsPath;
}

/** Asks for manifests of the workspace; those of the editor's folder come first and are chosen. */
export async function pickManifests(title: string, several: boolean): Promise<string[] | undefined> {
  const active = activeManifest();
  const files = await findManifests();
  const near = (file: string) => active !== undefined && path.dirname(file) === path.dirname(active);
  const items: ManifestItem[] = files
    .sort((a, b) => Number(near(b)) - Number(near(a)) || byRole(a, b))
    .map((file) => ({ ...itemOf(file), picked: several && near(file) }));
  items.push({ label: '$(folder-opened) Browse…', alwaysShow: true });
  const choice = several
    ? await vscode.window.showQuickPick(items, { title, canPickMany: true, placeHolder: 'Manifests to look at' })
    : await vscode.window.showQuickPick(items, { title, placeHolder: 'Manifest' });
  if (!choice) return undefined;
  const chosen = Array.isArray(choice) ? (choice as ManifestItem[]) : [choice as ManifestItem];
  if (chosen.some(({ file }) => file === undefined)) return browse(title, several);
  return chosen.length === 0 ? undefined : chosen.map(({ file }) => file!);
}

const itemOf = (file: string): ManifestItem => ({
  label: path.basename(file),
  description: vscode.workspace.asRelativePath(vscode.Uri.file(path.dirname(file))),
  file,
});

const byRole = (a: string, b: string) => roleOf(a) - roleOf(b) || (a < b ? -1 : 1);

/** The first manifest is the one that others are compared with. */
const roleOf = (file: string) =>
  [/train/i, /dev|val/i, /test/i].findIndex((role) => role.test(path.basename(file))) >>> 0;

function activeManifest(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && kindByName(path.basename(uri.fsPath)) ? uri.fsPath : undefined;
}

/** Most JSON lines files are something else; the beginning tells. */
async function findManifests(): Promise<string[]> {
  const found = await vscode.workspace.findFiles('**/*.jsonl', skipped, mostListed);
  const checked = await Promise.all(
    found
      .filter(({ scheme }) => scheme === 'file')
      .map(async ({ fsPath }) => ((await readHead(fsPath)).includes('"audio_filepath"') ? [fsPath] : [])),
  );
  return checked.flat();
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await handle.close();
  }
}

async function browse(title: string, several: boolean): Promise<string[] | undefined> {
  const filters = { 'Lists of recordings': ['jsonl', 'csv', 'tsv', 'txt', 'scp'] };
  const files = await vscode.window.showOpenDialog({ title, canSelectMany: several, filters });
  return files?.map(({ fsPath }) => fsPath);
}
