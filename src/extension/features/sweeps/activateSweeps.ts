import * as path from 'node:path';
import * as vscode from 'vscode';
import { sweepViewType } from '../../../shared/contributions.ts';
import type { Feature } from '../../services/services.ts';
import { announceSweeps } from './announceSweeps.ts';
import { chooseSweep } from './chooseSweep.ts';
import { startEnsemble } from './startEnsemble.ts';
import { resumeSweep, startSweep } from './startSweep.ts';
import { attachSweepPanel } from './sweepPanel.ts';

/** Sweeps over config keys: asked for, started, shown as a table while they go on, and used. */
export const activateSweeps: Feature = (scope, services) => {
  const { edge } = services;
  const open = new Map<string, vscode.WebviewPanel>();
  const attach = (panel: vscode.WebviewPanel, directory: string) => {
    open.set(directory, panel);
    attachSweepPanel(panel, directory, services);
    panel.onDidDispose(() => {
      if (open.get(directory) === panel) open.delete(directory);
    });
  };
  const show = (directory: string) => {
    const shown = open.get(directory);
    if (shown) return shown.reveal();
    attach(vscode.window.createWebviewPanel(sweepViewType, 'Sweep', vscode.ViewColumn.Active), directory);
  };
  announceSweeps(scope, services, show);
  edge.registerCommand(scope, 'asr.sweep', 'The sweep', async (resource: unknown, wish: unknown) => {
    const directory = await startSweep(services, resource, wish);
    if (directory !== undefined) show(directory);
  });
  edge.registerCommand(scope, 'asr.trainEnsemble', 'The ensemble', async (resource: unknown, members: unknown) => {
    const directory = await startEnsemble(services, resource, members);
    if (directory !== undefined) show(directory);
  });
  edge.registerCommand(scope, 'asr.showSweep', 'Showing the sweep', async (given: unknown) => {
    const sweep = await chooseSweep(services, given, 'Sweep to show');
    if (sweep) show(sweep.directory);
  });
  edge.registerCommand(scope, 'asr.stopSweep', 'Stopping', async (given: unknown) => {
    const sweep = await chooseSweep(services, given, 'Sweep to stop', ({ active }) => active);
    if (sweep) await services.sweeps.stop(sweep);
  });
  edge.registerCommand(scope, 'asr.resumeSweep', 'Resuming', async (given: unknown) => {
    const directory = await resumeSweep(services, given);
    if (directory !== undefined) show(directory);
  });
  scope.add(
    vscode.window.registerWebviewPanelSerializer(sweepViewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const directory = (state as { directory?: unknown } | undefined)?.directory;
        if (typeof directory === 'string' && path.isAbsolute(directory)) attach(panel, directory);
        else panel.dispose();
      },
    }),
  );
};
