import * as vscode from 'vscode';
import { languageId } from '../../../shared/contributions.ts';
import type { Feature } from '../../services/services.ts';
import { provideConfigFixes } from './configFixes.ts';
import { configCompletion, configHover } from './configHelp.ts';
import { createConfigLenses } from './configLenses.ts';
import { configOutline } from './configOutline.ts';
import { configLinks } from './configPaths.ts';
import { createFactSource } from './experimentFacts.ts';
import { createExperimentRuns } from './experimentRuns.ts';
import { createFigures } from './figurePanel.ts';
import { showRunsOfExperiment } from './showRuns.ts';
import { unitHints } from './unitHints.ts';
import { validateExperiments } from './validateExperiments.ts';

/** The language of `*.asr.yaml`: problems as one types, their fixes, what keys mean, and what a model amounts to. */
export const activateConfig: Feature = (scope, services) => {
  const { edge } = services;
  const language = { language: languageId };
  const facts = createFactSource(scope, services);
  const runs = createExperimentRuns(services);
  validateExperiments(scope, edge);
  scope.add(vscode.languages.registerCodeLensProvider(language, createConfigLenses(scope, services, facts, runs)));
  scope.add(
    vscode.languages.registerCodeActionsProvider(
      language,
      { provideCodeActions: (document, _range, context) => provideConfigFixes(document, context.diagnostics) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  scope.add(vscode.languages.registerHoverProvider(language, configHover));
  scope.add(vscode.languages.registerCompletionItemProvider(language, configCompletion, ' ', '{', '[', '/'));
  scope.add(vscode.languages.registerDocumentSymbolProvider(language, configOutline));
  scope.add(vscode.languages.registerDocumentLinkProvider(language, configLinks));
  scope.add(vscode.languages.registerInlayHintsProvider(language, unitHints));
  edge.registerCommand(scope, 'asr.showFigure', 'Showing a figure', createFigures(scope, services, facts));
  edge.registerCommand(scope, 'asr.showRunsOfExperiment', 'Listing runs', (resource: unknown, key: unknown) =>
    showRunsOfExperiment(services, runs, resource, key),
  );
};
