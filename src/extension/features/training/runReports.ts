import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Scope } from '../../../shared/scope.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { renderRunReport } from './renderRunReport.ts';

const scheme = 'asr-run';

/** Reports are documents that are never written: they follow their run. */
export function provideRunReports(scope: Scope, { runs }: Services): void {
  const changed = scope.add(new vscode.EventEmitter<vscode.Uri>());
  const open = new Set<string>();
  scope.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const find = () => runs.list.find((run) => uriOf(run).query === uri.query);
        if (!find()) await runs.refresh();
        const run = find();
        if (!run) return 'This run is not in the workspace any more.\n';
        open.add(run.directory);
        return renderRunReport(run);
      },
    }),
  );
  scope.add(
    runs.onDidChange(({ run, events, reloaded }) => {
      const worthIt = reloaded || events.some((event) => event.kind !== 'step') || !run.active;
      if (open.has(run.directory) && worthIt) changed.fire(uriOf(run));
    }),
  );
}

export async function showRunReport(run: Run): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', uriOf(run));
}

const uriOf = (run: Run): vscode.Uri =>
  vscode.Uri.from({ scheme, path: `/${path.basename(run.directory)}.md`, query: run.directory });
