import * as vscode from 'vscode';
import type { RecordingChange } from '../../../shared/problem.ts';
import type { Feature } from '../../services/services.ts';
import { checkWorkspace } from './checkWorkspace.ts';
import { createDataChecker } from './dataChecker.ts';
import { changeRecording, fixedDocuments, provideDataFixes } from './dataFixes.ts';
import { followDocuments } from './followDocuments.ts';

/** Problems of recordings and transcripts in the Problems panel, with their fixes. */
export const activateDataLint: Feature = (scope, services) => {
  const { edge } = services;
  const checker = createDataChecker(scope, services);
  followDocuments(scope, edge, checker);
  scope.add(
    vscode.languages.registerCodeActionsProvider(
      fixedDocuments,
      { provideCodeActions: (document, _range, context) => provideDataFixes(document, context.diagnostics, checker) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  edge.registerCommand(scope, 'asr.checkData', 'Checking data', () => checkWorkspace(checker));
  edge.registerCommand(scope, 'asr.stopDataCheck', 'Stopping', () => checker.stopAll());
  edge.registerCommand(
    scope,
    'asr.changeRecording',
    'Changing the recording',
    (uri: vscode.Uri, line: number, change: RecordingChange) => changeRecording(uri, line, change, checker),
  );
};
