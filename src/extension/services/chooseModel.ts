import * as path from 'node:path';
import * as vscode from 'vscode';
import { formatPercent } from '../../shared/run/runStatus.ts';
import { mapModel } from './mapModel.ts';
import { renderRow } from './runLabels.ts';
import { hasCheckpoint, type Run } from './runs.ts';
import type { Services } from './services.ts';

interface ModelItem extends vscode.QuickPickItem {
  /** Absent on a separator, and on the row that opens a file dialog. */
  model?: string;
  browse?: boolean;
  unpin?: boolean;
}

const mostExported = 200;

/** Asks for a model: the pinned one, the latest and the best run, other runs, exported and imported `.onnx` files. */
export async function chooseModel(services: Services, title: string): Promise<string | undefined> {
  const choice = await pick(services, title, false);
  return choice?.model === undefined ? undefined : readyModel(choice.model, services);
}

/** Asks for the model that this workspace transcribes with, or for none in particular. `given` is a run or a file. */
export async function pinModel(services: Services, given: unknown): Promise<void> {
  const { transcription } = services;
  const named = givenModel(given);
  const choice = named === undefined ? await pick(services, 'Pin Model', true) : { model: named };
  if (!choice) return;
  if ('unpin' in choice && choice.unpin) return transcription.pinModel(undefined);
  const model = choice.model && (await readyModel(choice.model, services));
  if (!model) return;
  await transcription.pinModel(model);
  void vscode.window.setStatusBarMessage(`$(pin) Transcribing with ${path.basename(model)}`, 5000);
}

async function pick(services: Services, title: string, pinning: boolean): Promise<ModelItem | undefined> {
  const items = await listModels(services);
  if (pinning && services.transcription.pinnedModel)
    items.unshift({ label: '$(pinned) Unpin', description: 'use the latest run', unpin: true });
  const choice = await vscode.window.showQuickPick<ModelItem>(items, {
    title,
    placeHolder: 'Model',
    matchOnDescription: true,
  });
  if (!choice?.browse) return choice;
  const files = await vscode.window.showOpenDialog({ title, filters: { 'ONNX model': ['onnx'] }, openLabel: 'Use' });
  return files?.[0] && { label: '', model: files[0].fsPath };
}

async function listModels({ runs, transcription }: Services): Promise<ModelItem[]> {
  if (runs.list.length === 0) await runs.refresh();
  const usable = runs.list.filter(({ directory }) => hasCheckpoint(directory));
  const best = usable.filter(({ model }) => model.best).sort((a, b) => a.model.best!.wer - b.model.best!.wer)[0];
  const exported = await vscode.workspace.findFiles('**/*.onnx', '**/node_modules/**', mostExported);
  const pinned = transcription.pinnedModel;
  const group = (label: string, items: ModelItem[]): ModelItem[] =>
    items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
  return [
    ...group('Pinned', pinned ? [{ label: `$(pinned) ${path.basename(pinned)}`, model: pinned }] : []),
    ...group('Latest run', usable.slice(0, 1).map(itemOf)),
    ...group('Best run', best && best !== usable[0] ? [itemOf(best)] : []),
    ...group('Other runs', usable.filter((run) => run !== usable[0] && run !== best).map(itemOf)),
    ...group(
      'ONNX models',
      exported
        .filter(({ scheme }) => scheme === 'file')
        .map((uri) => ({
          label: `$(file-binary) ${path.basename(uri.fsPath)}`,
          description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
          model: uri.fsPath,
        })),
    ),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(folder-opened) Browse for an .onnx…', alwaysShow: true, browse: true },
  ];
}

function itemOf(run: Run): ModelItem {
  const { name, directory, model } = run;
  const wer = model.best ? `dev WER ${formatPercent(model.best.wer)}` : renderRow(run);
  return { label: `$(pulse) ${name}`, description: wer, detail: path.basename(directory), model: directory };
}

/** A foreign model is asked about once. */
const readyModel = (model: string, services: Services): Promise<string | undefined> =>
  /\.onnx$/i.test(model) ? mapModel(model, services) : Promise.resolve(model);

/** What a menu gave: a row of the runs, or a file. */
export function givenModel(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.fsPath;
  if (typeof given === 'string') return given;
  return typeof given === 'object' && given !== null && 'directory' in given && typeof given.directory === 'string'
    ? given.directory
    : undefined;
}
