import * as path from 'node:path';
import * as vscode from 'vscode';
import { evaluationViewType } from '../../../shared/contributions.ts';
import type { Feature } from '../../services/services.ts';
import { attachReport } from './attachReport.ts';
import { compareModels, pickReport } from './compareModels.ts';
import { evaluateModel } from './evaluateModel.ts';

/** Evaluations and comparisons of models: started, and shown with what was heard wrong. */
export const activateEvaluation: Feature = (scope, services) => {
  const { edge } = services;
  const open = new Map<string, vscode.WebviewPanel>();
  const attach = (panel: vscode.WebviewPanel, file: string) => {
    open.set(file, panel);
    attachReport(panel, file, services, show);
    panel.onDidDispose(() => {
      if (open.get(file) === panel) open.delete(file);
    });
  };
  function show(file: string): void {
    const shown = open.get(file);
    if (shown) shown.reveal();
    else attach(vscode.window.createWebviewPanel(evaluationViewType, 'Evaluation', vscode.ViewColumn.Active), file);
  }
  edge.registerCommand(scope, 'asr.evaluateModel', 'The evaluation', (given: unknown, manifest: unknown) =>
    evaluateModel(services, given, manifest, show),
  );
  edge.registerCommand(scope, 'asr.compareModels', 'The comparison', () => compareModels(services, show));
  edge.registerCommand(scope, 'asr.showEvaluation', 'Opening the report', async (resource: unknown) => {
    const file = resource instanceof vscode.Uri ? resource.fsPath : await pickReport();
    if (file !== undefined) show(file);
  });
  scope.add(
    vscode.window.registerWebviewPanelSerializer(evaluationViewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const file = (state as { file?: unknown } | undefined)?.file;
        if (typeof file === 'string' && path.isAbsolute(file)) attach(panel, file);
        else panel.dispose();
      },
    }),
  );
};
