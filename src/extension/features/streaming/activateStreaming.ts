import * as path from 'node:path';
import * as vscode from 'vscode';
import { isSpectrogram, streamingViewType } from '../../../shared/contributions.ts';
import type { Feature } from '../../services/services.ts';
import { attachSimulator } from './attachSimulator.ts';

/** `ASR: Simulate Streaming`: a recording played to a model as if it were spoken now. */
export const activateStreaming: Feature = (scope, services) => {
  services.edge.registerCommand(scope, 'asr.simulateStreaming', 'Simulating streaming', (resource: unknown) => {
    const uri = resource instanceof vscode.Uri ? resource : activeRecording();
    const recording = uri?.scheme === 'file' ? uri.fsPath : null;
    const panel = vscode.window.createWebviewPanel(
      streamingViewType,
      'Streaming Simulator',
      vscode.ViewColumn.Active,
      // What was streamed is not kept elsewhere.
      { retainContextWhenHidden: true },
    );
    attachSimulator(panel, { recording, model: null }, services);
  });
  scope.add(
    vscode.window.registerWebviewPanelSerializer(streamingViewType, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const { recording, model } = (state ?? {}) as { recording?: unknown; model?: unknown };
        attachSimulator(panel, { recording: absolute(recording), model: absolute(model) }, services);
      },
    }),
  );
};

const absolute = (file: unknown): string | null => (typeof file === 'string' && path.isAbsolute(file) ? file : null);

/** The recording that is being looked at. */
function activeRecording(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && isSpectrogram(input.viewType) ? input.uri : undefined;
}
