import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Invocation } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { runDirectoryName } from '../../../shared/run/layout.ts';
import { createTask } from '../../services/engineTask.ts';
import type { Services } from '../../services/services.ts';

/** Where evaluations of a model are kept: inside its run, or beside its file. */
export function evaluationFolder(model: string, name: string): string {
  const isFile = /\.onnx$/i.test(model);
  const parent = isFile ? path.dirname(model) : model;
  const own = isFile ? `${path.basename(model).replace(/\.onnx$/i, '')}-${name}` : name;
  return path.join(parent, 'evaluations', runDirectoryName(own, Date.now()));
}

export const nameOfManifest = (manifest: string): string =>
  path
    .basename(manifest)
    .replace(/\.[^.]*$/, '')
    .replace(/[^\w.-]+/g, '-') || 'manifest';

/** Runs the engine in a task, and shows what it wrote once it is done. */
export async function startReport(
  services: Services,
  invocation: Invocation,
  written: string,
  show: (file: string) => void,
): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new UserError('Models run only in a trusted workspace.');
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(invocation.model!));
  const place = folder ?? vscode.TaskScope.Workspace;
  const execution = await vscode.tasks.executeTask(createTask(invocation, place, services));
  const ended = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution !== execution) return;
    ended.dispose();
    if (event.exitCode === 0) show(written);
  });
}
