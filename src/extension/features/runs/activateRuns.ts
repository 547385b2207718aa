import * as vscode from 'vscode';
import { chooseRun } from '../../services/runChoice.ts';
import type { Feature } from '../../services/services.ts';
import { compareRuns, provideComparisons } from './compareRuns.ts';
import { controlRun } from './controlRuns.ts';
import { deleteRuns } from './deleteRuns.ts';
import { duplicateRun } from './duplicateRun.ts';
import { editRunNote, renameRun } from './nameRun.ts';
import { openRuns } from './openRun.ts';
import { showRunsTree } from './runsTree.ts';

/** The list of runs, and what can be done with one of them. */
export const activateRuns: Feature = (scope, services) => {
  const { edge, runs } = services;
  const view = showRunsTree(scope, services);
  provideComparisons(scope, services);
  /** A key acts on what is selected; a menu gives its row; the palette asks. */
  const rowsOf = (given: unknown): unknown => (isSelection(given) ? [...view.selection] : given);
  const rowOf = (given: unknown): unknown => (isSelection(given) ? view.selection[0] : given);

  edge.registerCommand(scope, 'asr.refreshRuns', 'Looking at runs', () => runs.refresh());
  edge.registerCommand(scope, 'asr.openRun', 'Opening the run', (given: unknown, selection: unknown) =>
    openRuns(services, given, selection),
  );
  edge.registerCommand(scope, 'asr.compareRuns', 'Comparing', (given: unknown, selection: unknown) =>
    compareRuns(services, given, selection),
  );
  edge.registerCommand(scope, 'asr.deleteRun', 'Deleting', (given: unknown, selection: unknown) =>
    deleteRuns(services, rowsOf(given), selection),
  );
  edge.registerCommand(scope, 'asr.renameRun', 'Renaming', (given: unknown) => renameRun(services, rowOf(given)));
  edge.registerCommand(scope, 'asr.editRunNote', 'The note', (given: unknown) => editRunNote(services, given));
  edge.registerCommand(scope, 'asr.duplicateRun', 'Duplicating', (given: unknown) => duplicateRun(services, given));
  edge.registerCommand(scope, 'asr.pauseTraining', 'Pausing', (given: unknown) => controlRun(services, 'pause', given));
  edge.registerCommand(scope, 'asr.continueTraining', 'Going on', (given: unknown) =>
    controlRun(services, 'continue', given),
  );
  edge.registerCommand(scope, 'asr.saveCheckpoint', 'Saving a checkpoint', (given: unknown) =>
    controlRun(services, 'checkpoint', given),
  );
  edge.registerCommand(scope, 'asr.revealRun', 'Revealing', async (given: unknown) => {
    const run = await chooseRun(runs, given, { placeHolder: 'Run to reveal', none: 'There is no run yet.' });
    if (run) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(run.directory));
  });
};

const isSelection = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'selected' in given && given.selected === true;
