import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Invocation } from '../../../shared/contributions.ts';
import { createTask } from '../../services/engineTask.ts';
import { chooseRun } from '../../services/runChoice.ts';
import { hasCheckpoint } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

const title = 'Export Model';

/** Asks what its input is to be and where it goes, and starts the task that writes the `.onnx` and compares the two. */
export async function exportModel(services: Services, given: unknown): Promise<void> {
  const run = await chooseRun(services.runs, given, {
    placeHolder: 'Run to export',
    suits: ({ directory }) => hasCheckpoint(directory),
    none: 'No run has a checkpoint yet.',
  });
  if (!run) return;
  const features = { label: 'Features', description: 'log-mel frames, as asr features writes them', args: [] };
  const waveform = {
    label: 'Waveform',
    description: 'samples; the features are part of the graph',
    args: ['--frontend'],
  };
  const input = await vscode.window.showQuickPick<vscode.QuickPickItem & { args: string[] }>([features, waveform], {
    title,
    placeHolder: 'Input of the exported model',
  });
  if (!input) return;
  const folder = path.dirname(run.configFile);
  const out = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(folder, `${path.basename(run.directory)}.onnx`)),
    filters: { 'ONNX model': ['onnx'] },
  });
  if (!out) return;
  const invocation: Invocation = {
    command: 'export',
    model: run.directory,
    args: ['--out', out.fsPath, ...input.args],
  };
  const place = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(run.directory)) ?? vscode.TaskScope.Workspace;
  await vscode.tasks.executeTask(createTask(invocation, place, services));
}
