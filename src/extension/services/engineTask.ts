import * as vscode from 'vscode';
import { type Invocation, taskType } from '../../shared/contributions.ts';
import type { Services } from './services.ts';
import { taskFor } from './taskFor.ts';

export type TaskPlace = Pick<Services, 'engine' | 'logUri'>;

/** A task that has no row in `tasks.json`. */
export function createTask(
  invocation: Invocation,
  scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace,
  place: TaskPlace,
): vscode.Task {
  return createEngineTask(invocation, { type: taskType, ...invocation }, scope, place);
}

/** The same under the definition that VS Code has of it. */
export function createEngineTask(
  invocation: Invocation,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  { engine, logUri }: TaskPlace,
): vscode.Task {
  const plan = taskFor(invocation, logUri.fsPath);
  const { node, script, environment } = engine.program(plan.script);
  const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
  const execution = new vscode.ProcessExecution(node, [script, ...plan.argumentList], {
    env: environment,
    ...(folder ? { cwd: folder.uri.fsPath } : {}),
  });
  const task = new vscode.Task(definition, scope, plan.name, 'ASR', execution, plan.problemMatchers);
  task.detail = plan.detail;
  task.isBackground = plan.background;
  if (plan.group) task.group = plan.group === 'build' ? vscode.TaskGroup.Build : vscode.TaskGroup.Test;
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    focus: false,
    echo: false,
    clear: true,
    showReuseMessage: false,
  };
  return task;
}
