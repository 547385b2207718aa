import * as path from 'node:path';
import * as vscode from 'vscode';
import { profilerViewType } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import type { Feature, Services } from '../../services/services.ts';
import { attachPanel } from './attachPanel.ts';

/** The profiler panel: one tab per choice of runs, and the command that asks a run for a profile. */
export const activateProfiler: Feature = (scope, services) => {
  const { edge } = services;
  const open = new Map<string, vscode.WebviewPanel>();
  const attach = (panel: vscode.WebviewPanel, directories: string[]) => {
    const key = directories.join('\n');
    open.set(key, panel);
    attachPanel(panel, directories, services);
    panel.onDidDispose(() => {
      if (open.get(key) === panel) open.delete(key);
    });
  };
  edge.registerCommand(scope, 'asr.showProfiler', 'Showing the profiler', (...given: unknown[]) => {
    const directories = directoriesOf(given);
    const shown = open.get(directories.join('\n'));
    if (shown) return shown.reveal();
    const panel = vscode.window.createWebviewPanel(profilerViewType, 'Profiler', vscode.ViewColumn.Active, {
      // Hidden panels are rebuilt: nothing is kept, sent or painted for what is not seen.
      retainContextWhenHidden: false,
    });
    attach(panel, directories);
  });
  edge.registerCommand(scope, 'asr.profileSteps', 'Profiling', (...given: unknown[]) =>
    profileSteps(directoriesOf(given)[0], services),
  );
  scope.add(
    vscode.window.registerWebviewPanelSerializer(profilerViewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        attach(panel, directoriesOf([(state as { chosen?: unknown } | undefined)?.chosen]));
      },
    }),
  );
};

const maxRuns = 6;

/** Run directories in what a command was given: paths, rows of a list, or lists of them. */
function directoriesOf(given: readonly unknown[]): string[] {
  const found = given.flat().flatMap((item) => {
    if (typeof item === 'string') return [item];
    const directory =
      typeof item === 'object' && item !== null ? (item as { directory?: unknown }).directory : undefined;
    return typeof directory === 'string' ? [directory] : [];
  });
  return [...new Set(found.filter((directory) => path.isAbsolute(directory)))].slice(0, maxRuns);
}

async function profileSteps(directory: string | undefined, { runs }: Services): Promise<void> {
  const run = runs.list.find((other) => (directory ? other.directory === directory : other.active));
  if (!run?.active) throw new UserError('Only a run that is going on can be profiled.');
  await runs.request(run, 'profile');
  vscode.window.setStatusBarMessage(`Profiling the next steps of "${run.name}"…`, 5000);
}
