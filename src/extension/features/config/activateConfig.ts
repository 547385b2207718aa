import * as vscode from 'vscode';
import { languageId } from '../../../shared/contributions.ts';
import type { Feature } from '../../services/services.ts';
import { provideConfigFixes } from './configFixes.ts';
import { configCompletion, configHover } from './configHelp.ts';
import { createConfigLenses } from './configLenses.ts';
import { validateExperiments } from './validateExperiments.ts';

/** The language of `*.asr.yaml`: problems as one types, their fixes, what keys mean, and what a model amounts to. */
export const activateConfig: Feature = (scope, services) => {
  validateExperiments(scope, services.edge);
  scope.add(vscode.languages.registerCodeLensProvider({ language: languageId }, createConfigLenses(scope, services)));
  scope.add(
    vscode.languages.registerCodeActionsProvider(
      { language: languageId },
      { provideCodeActions: (document, _range, context) => provideConfigFixes(document, context.diagnostics) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  scope.add(vscode.languages.registerHoverProvider({ language: languageId }, configHover));
  scope.add(vscode.languages.registerCompletionItemProvider({ language: languageId }, configCompletion, ' ', '{'));
};
