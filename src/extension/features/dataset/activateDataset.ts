import * as path from 'node:path';
import * as vscode from 'vscode';
import { statisticsViewType } from '../../../shared/contributions.ts';
import { manifestsIn, pickManifests } from '../../services/pickManifests.ts';
import type { Feature } from '../../services/services.ts';
import { attachStatistics } from './attachStatistics.ts';
import { createDatasetThread } from './datasetThread.ts';
import { openRecording } from './openRecording.ts';
import { prepareDataset } from './prepareDataset.ts';
import { provideSplits } from './splitDocuments.ts';
import { splitManifest } from './splitManifest.ts';
import { provideUtteranceHelp } from './utteranceHelp.ts';

/** Manifests as documents: hovers and lenses, statistics, splitting, and making them from a corpus. */
export const activateDataset: Feature = (scope, services) => {
  const { edge } = services;
  const splits = provideSplits(scope);
  provideUtteranceHelp(scope, services, createDatasetThread(scope, services));
  edge.registerCommand(scope, 'asr.playRecording', 'Playing', (file: unknown) => openRecording(file, true));
  edge.registerCommand(scope, 'asr.openRecording', 'Opening', (file: unknown) => openRecording(file, false));
  edge.registerCommand(scope, 'asr.showStatistics', 'Dataset Statistics', async (...given: unknown[]) => {
    const named = manifestsIn(given);
    const files = named.length > 0 ? named : await pickManifests('Dataset Statistics', true);
    if (!files) return;
    const panel = vscode.window.createWebviewPanel(statisticsViewType, 'Dataset Statistics', vscode.ViewColumn.Active, {
      retainContextWhenHidden: false,
    });
    attachStatistics(panel, files, services);
  });
  edge.registerCommand(scope, 'asr.splitDataset', 'Splitting', (...given: unknown[]) =>
    splitManifest(services, splits, given),
  );
  edge.registerCommand(scope, 'asr.prepareDataset', 'Preparing data', (resource: unknown) =>
    prepareDataset(services, resource),
  );
  scope.add(
    vscode.window.registerWebviewPanelSerializer(statisticsViewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const files = (state as { files?: unknown } | undefined)?.files;
        const known = Array.isArray(files)
          ? files.filter((file) => typeof file === 'string' && path.isAbsolute(file))
          : [];
        attachStatistics(panel, known, services);
      },
    }),
  );
};
