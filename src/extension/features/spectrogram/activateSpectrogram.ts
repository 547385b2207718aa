import * as vscode from 'vscode';
import { compressedViewType, spectrogramViewType } from '../../../shared/contributions.ts';
import type { ViewCommand } from '../../../shared/protocol/spectrogram.ts';
import type { Feature } from '../../services/services.ts';
import { attachView, runAction, type ViewHandle } from './attachView.ts';
import { createAugmentation } from './augment/augmentation.ts';
import { registerCompareCommands } from './links/compareCommands.ts';
import { createViewLinks } from './links/viewLinks.ts';
import { createRecordingProviders } from './recordingProvider.ts';

interface OpenView extends ViewHandle {
  panel: vscode.WebviewPanel;
  uri: vscode.Uri;
}

/** The custom editor for recordings, and the commands that act on it. */
export const activateSpectrogram: Feature = (scope, services) => {
  const views = new Set<OpenView>();
  const links = createViewLinks(() => void vscode.commands.executeCommand('asr.compareRecordings'));
  const augmentation = createAugmentation(scope, services);
  const createProvider = createRecordingProviders(scope, services, (recording, panel) => {
    const view = { panel, uri: recording.uri, ...attachView(recording, panel, services, { links, augmentation }) };
    views.add(view);
    panel.onDidDispose(() => views.delete(view));
  });
  for (const viewType of [spectrogramViewType, compressedViewType])
    scope.add(
      vscode.window.registerCustomEditorProvider(viewType, createProvider(), {
        supportsMultipleEditorsPerDocument: true,
        // Hidden views are rebuilt from their state: nothing is kept in memory for what is not seen.
        webviewOptions: { retainContextWhenHidden: false },
      }),
    );
  const active = () => [...views].find(({ panel }) => panel.active);
  const toActive = (command: ViewCommand) => () => active()?.command(command);
  const { edge } = services;
  registerCompareCommands(scope, services, { all: views, active, groups: links.groups });
  edge.registerCommand(scope, 'asr.transcribeStretch', 'Transcribing', toActive('transcribeSelection'));
  edge.registerCommand(scope, 'asr.togglePlayback', 'Playing', toActive('togglePlayback'));
  edge.registerCommand(scope, 'asr.exportSelection', 'Saving', toActive('exportSelection'));
  edge.registerCommand(scope, 'asr.exportPicture', 'Saving', toActive('exportPicture'));
  edge.registerCommand(scope, 'asr.copyMeasurements', 'Measuring', toActive('copyMeasurements'));
  edge.registerCommand(scope, 'asr.zoomToFit', 'Zooming', toActive('zoomToFit'));
  edge.registerCommand(scope, 'asr.goToTime', 'Going to a time', toActive('goToTime'));
  edge.registerCommand(scope, 'asr.zoomToSelection', 'Zooming', toActive('zoomToSelection'));
  edge.registerCommand(
    scope,
    'asr.showStretch',
    'Opening',
    async (file: unknown, startSec: unknown, endSec: unknown) => {
      if (typeof file !== 'string' || typeof startSec !== 'number' || typeof endSec !== 'number') return;
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), spectrogramViewType);
      active()?.showStretch(startSec, endSec);
    },
  );
  edge.registerCommand(scope, 'asr.reopenBuiltIn', 'Reopening', () => {
    const view = active();
    return view && runAction('reopenBuiltIn', view.uri);
  });
};
