import * as path from 'node:path';
import * as vscode from 'vscode';
import { chooseModel } from '../../services/chooseModel.ts';
import { pickManifests } from '../../services/pickManifests.ts';
import type { Services } from '../../services/services.ts';
import { evaluationFolder, nameOfManifest, startReport } from './startReport.ts';

/** `ASR: Compare Models`: two of them on the same utterances. */
export async function compareModels(services: Services, show: (file: string) => void): Promise<void> {
  const before = await chooseModel(services, 'Compare Models: the one before');
  if (before === undefined) return;
  const after = await chooseModel(services, 'Compare Models: the one after');
  if (after === undefined) return;
  const manifest = (await pickManifests('Compare on', false))?.[0];
  if (manifest === undefined) return;
  const folder = evaluationFolder(after, `compared-${nameOfManifest(manifest)}`);
  const args = [after, '--manifest', manifest, '--out-dir', folder];
  await startReport(services, { command: 'compare', model: before, args }, path.join(folder, 'comparison.json'), show);
}

interface ReportItem extends vscode.QuickPickItem {
  file?: string;
}

/** Compares a report with an earlier one that the user chooses. */
export async function compareReport(services: Services, after: string, show: (file: string) => void): Promise<void> {
  const before = await pickReport(after);
  if (before === undefined) return;
  const folder = path.join(path.dirname(after), `compared-${path.basename(path.dirname(before))}`);
  const args = [after, '--out-dir', folder];
  await startReport(services, { command: 'compare', model: before, args }, path.join(folder, 'comparison.json'), show);
}

const mostListed = 500;

/** A report of the workspace, the newest first. */
export async function pickReport(other?: string): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles('**/report.json', '**/node_modules/**', mostListed);
  const timed = await Promise.all(
    found
      .filter(({ scheme, fsPath }) => scheme === 'file' && fsPath !== other)
      .map(async (uri) => ({ uri, timeMs: (await vscode.workspace.fs.stat(uri)).mtime })),
  );
  const items: ReportItem[] = timed
    .sort((a, b) => b.timeMs - a.timeMs)
    .map(({ uri, timeMs }) => ({
      label: path.basename(path.dirname(uri.fsPath)),
      description: new Date(timeMs).toLocaleString(),
      detail: vscode.workspace.asRelativePath(uri),
      file: uri.fsPath,
    }));
  items.push({ label: '$(folder-opened) Browse…', alwaysShow: true });
  const placeHolder = other === undefined ? 'Report to open' : 'Report of the model before';
  const choice = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  if (!choice) return undefined;
  if (choice.file !== undefined) return choice.file;
  const files = await vscode.window.showOpenDialog({ filters: { Report: ['json'] }, openLabel: 'Open' });
  return files?.[0]?.fsPath;
}
