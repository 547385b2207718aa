import * as path from 'node:path';
import * as vscode from 'vscode';
import { engineCommands, type Invocation, taskType } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import { createEngineTask, createTask, type TaskPlace } from '../../services/engineTask.ts';
import { findExperiments } from '../../services/experiments.ts';
import type { Services } from '../../services/services.ts';

/** Tasks of type `asr`: those of `tasks.json` are resolved, those of the experiments in the folder are offered. */
export function provideEngineTasks(scope: Scope, services: Services): void {
  scope.add(
    vscode.tasks.registerTaskProvider(taskType, {
      async provideTasks() {
        if (!vscode.workspace.isTrusted) return [];
        const offered = await services.edge.quiet('Tasks', () => offerTasks(services));
        return offered ?? [];
      },
      resolveTask(task) {
        const invocation = readInvocation(task.definition);
        if (!invocation || !vscode.workspace.isTrusted) return undefined;
        try {
          // VS Code takes the answer only when it carries the very definition that was asked for.
          return createEngineTask(invocation, task.definition, task.scope ?? vscode.TaskScope.Workspace, services);
        } catch (error) {
          services.log.asr.warn(`Task ${task.name}: ${error instanceof Error ? error.message : String(error)}`);
          return undefined;
        }
      },
    }),
  );
}

async function offerTasks(place: TaskPlace): Promise<vscode.Task[]> {
  const tasks: vscode.Task[] = [];
  for (const uri of await findExperiments()) {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder || uri.scheme !== 'file') continue;
    const config = path.relative(folder.uri.fsPath, uri.fsPath).split(path.sep).join('/');
    for (const command of ['train', 'lint'] as const) tasks.push(createTask({ command, config }, folder, place));
  }
  const first = vscode.workspace.workspaceFolders?.[0];
  if (first) for (const command of ['runs', 'selftest'] as const) tasks.push(createTask({ command }, first, place));
  return tasks;
}

/** The definition as our own type, when it is one: it comes from a file the user wrote. */
function readInvocation(definition: vscode.TaskDefinition): Invocation | undefined {
  const { type, ...rest } = definition;
  const known = (engineCommands as readonly unknown[]).includes(rest.command);
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  const isTexts = (value: unknown) =>
    value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
  const texts = [rest.config, rest.model, rest.runDir, rest.attach, rest.from].every(isText);
  const step = rest.fromStep === undefined || typeof rest.fromStep === 'number';
  const valid = type === taskType && known && texts && step && isTexts(rest.set) && isTexts(rest.args);
  return valid ? (rest as unknown as Invocation) : undefined;
}
