import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type EvaluationHost,
  type EvaluationView,
  evaluationHostChecks,
  type HeardPlace,
} from '../../../shared/protocol/evaluation.ts';
import { createScope } from '../../../shared/scope.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { compareReport } from './compareModels.ts';
import { exists, readPiece } from './readPiece.ts';

/** Connects a tab to a `report.json` or `comparison.json`; it follows the file. */
export function attachReport(
  panel: vscode.WebviewPanel,
  file: string,
  services: Services,
  show: (file: string) => void,
): void {
  const { edge, log, extensionUri } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  const page = file.replace(/\.json$/i, '.html');
  const local: EvaluationHost = {
    async open() {
      try {
        const { size } = await stat(file);
        return { file, name: nameOf(file), sizeBytes: size, hasPage: await exists(page) };
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error) };
      }
    },
    read: (startByte) => readPiece(file, startByte),
    async samples(place, startSample, count) {
      const { readSound } = await import('../../services/sound.ts');
      return readSound(soundPlace(place), startSample, count);
    },
    openSpectrogram: (place) => void edge.guard('Opening', () => openStretch(place)),
    showLine: (manifest, line) => void edge.guard('Showing a line', () => showLine(manifest, line)),
    compare: () => void edge.guard('Comparing', () => compareReport(services, file, show)),
    openPage: () => void edge.guard('Opening the page', async () => vscode.env.openExternal(vscode.Uri.file(page))),
    copyText: (text) => void edge.guard('Copying', async () => vscode.env.clipboard.writeText(text)),
  };
  const channel = connect<EvaluationHost, EvaluationView>(webviewPort(panel.webview), local, evaluationHostChecks);
  scope.add(channel.dispose);
  const pattern = new vscode.RelativePattern(vscode.Uri.file(path.dirname(file)), path.basename(file));
  const watcher = scope.add(vscode.workspace.createFileSystemWatcher(pattern));
  const tell = () => void (panel.visible ? channel.remote.changed().catch(() => {}) : undefined);
  for (const event of [watcher.onDidChange, watcher.onDidCreate]) scope.add(event(tell));
  panel.title = nameOf(file);
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/evaluation.js',
    style: 'webview/evaluation.css',
    title: 'Evaluation',
  });
}

/** `report.json` says little: its folder is called after what was evaluated. */
export function nameOf(file: string): string {
  const kind = path.basename(file).startsWith('comparison') ? 'Comparison' : 'Report';
  return `${kind}: ${path.basename(path.dirname(file))}`;
}

const soundPlace = ({ audio, startSec, endSec }: HeardPlace) => ({
  file: audio,
  startSec,
  durationSec: Math.max(0, endSec - startSec),
});

async function openStretch({ audio, startSec, endSec }: HeardPlace): Promise<void> {
  if (!(await exists(audio))) throw new UserError(`${audio}: the recording of this report is not there any more.`);
  const showStretch: CommandId = 'asr.showStretch';
  await vscode.commands.executeCommand(showStretch, audio, startSec, endSec);
}

async function showLine(manifest: string, line: number): Promise<void> {
  if (!(await exists(manifest))) throw new UserError(`${manifest}: the manifest of this report is not there any more.`);
  await vscode.window.showTextDocument(vscode.Uri.file(manifest), {
    selection: new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
}
