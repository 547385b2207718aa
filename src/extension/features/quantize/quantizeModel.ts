import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Invocation } from '../../../shared/contributions.ts';
import { chooseModel, givenModel } from '../../services/chooseModel.ts';
import { createTask } from '../../services/engineTask.ts';
import { pickManifests } from '../../services/pickManifests.ts';
import type { Services } from '../../services/services.ts';

const title = 'Quantize Model';

/** Asks for model, recordings and file, and starts the task that makes an INT8 model and prints its report. */
export async function quantizeModel(services: Services, given: unknown): Promise<void> {
  const model = givenModel(given) ?? (await chooseModel(services, title));
  if (model === undefined) return;
  const manifest = (await pickManifests(`${title}: recordings to calibrate with`, false))?.[0];
  if (manifest === undefined) return;
  const measure = { label: 'Measure the word error rate before and after', dev: true };
  const leave = { label: 'Only write the model', dev: false };
  const choice = await vscode.window.showQuickPick([measure, leave], { title });
  if (!choice) return;
  const dev = choice.dev ? (await pickManifests(`${title}: recordings to measure on`, false))?.[0] : undefined;
  if (choice.dev && dev === undefined) return;
  const out = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(path.dirname(manifest), defaultName(model))),
    filters: { 'ONNX model': ['onnx'] },
  });
  if (!out) return;
  const args = ['--manifest', manifest, ...(dev === undefined ? [] : ['--dev', dev]), '--out', out.fsPath];
  const invocation: Invocation = { command: 'quantize', model, args };
  const place = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(manifest)) ?? vscode.TaskScope.Workspace;
  await vscode.tasks.executeTask(createTask(invocation, place, services));
}

const defaultName = (model: string): string => `${path.basename(model).replace(/\.onnx$/i, '')}.int8.onnx`;
