import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Invocation } from '../../../shared/contributions.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import { createTask } from '../../services/engineTask.ts';
import type { Services } from '../../services/services.ts';

const title = 'Quantize Model';

/** Asks for model, recordings and file, and starts the task that makes an INT8 model and prints its report. */
export async function quantizeModel(services: Services, given: unknown): Promise<void> {
  const model = directoryOf(given) ?? (await chooseModel(services));
  if (model === undefined) return;
  const manifest = await chooseManifest('Recordings to calibrate with, such as those it was trained on');
  if (!manifest) return;
  const dev = await chooseManifest('Recordings to measure the word error rate on', 'Measure no word error rate');
  if (dev === undefined) return;
  const out = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(path.dirname(manifest), defaultName(model))),
    filters: { 'ONNX model': ['onnx'] },
  });
  if (!out) return;
  const args = ['--manifest', manifest, ...(dev ? ['--dev', dev] : []), '--out', out.fsPath];
  const invocation: Invocation = { command: 'quantize', model, args };
  const place = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(manifest)) ?? vscode.TaskScope.Workspace;
  await vscode.tasks.executeTask(createTask(invocation, place, services));
}

const defaultName = (model: string): string => `${path.basename(model).replace(/\.onnx$/i, '')}.int8.onnx`;

/** A row of the runs, or a file of the Explorer. */
function directoryOf(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.fsPath;
  if (typeof given !== 'object' || given === null || !('directory' in given)) return undefined;
  return typeof given.directory === 'string' ? given.directory : undefined;
}

async function chooseModel({ runs }: Services): Promise<string | undefined> {
  await runs.refresh();
  const items = runs.list
    .filter((run) => run.model.best)
    .map((run) => ({
      label: run.name,
      description: `WER ${formatPercent(run.model.best!.wer)}`,
      detail: path.basename(run.directory),
      directory: run.directory as string | undefined,
    }));
  const browse = { label: '$(folder-opened) Exported model…', description: '', directory: undefined };
  const choice = await vscode.window.showQuickPick([...items, browse], { title, placeHolder: 'Model' });
  if (!choice) return undefined;
  return choice.directory ?? browseFor({ 'Exported model': ['onnx'] });
}

/** '' where the user chose to do without. */
async function chooseManifest(placeHolder: string, without?: string): Promise<string | undefined> {
  const files = await vscode.workspace.findFiles('**/*.jsonl', '{**/node_modules/**,**/runs/**,**/.git/**}', 500);
  const items = files
    .filter(({ scheme }) => scheme === 'file')
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((uri) => ({
      label: path.basename(uri.path),
      description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
      file: uri.fsPath as string | undefined,
    }));
  const browse = { label: '$(folder-opened) Browse…', description: '', file: undefined };
  const none = without ? [{ label: without, description: '', file: '' }] : [];
  const choice = await vscode.window.showQuickPick([...none, ...items, browse], { title, placeHolder });
  if (!choice) return undefined;
  return choice.file ?? browseFor({ Manifest: ['jsonl'] });
}

async function browseFor(filters: Record<string, string[]>): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({ title, filters, openLabel: 'Use' });
  return files?.[0]?.fsPath;
}
