import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type ListAction,
  type StatisticsHost,
  type StatisticsView,
  statisticsHostChecks,
} from '../../../shared/protocol/statistics.ts';
import { createScope } from '../../../shared/scope.ts';
import { pickManifests } from '../../services/pickManifests.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { createDatasetThread } from './datasetThread.ts';
import { openLine, openRecording } from './openRecording.ts';

/** An editor writes a file in several steps. */
const quietMs = 500;

/** Connects a tab to its manifests, with a thread of its own that ends with it. */
export function attachStatistics(panel: vscode.WebviewPanel, given: readonly string[], services: Services): void {
  const { edge, log, extensionUri } = services;
  let files = [...given];
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  const tell = (what: Promise<void>) => void what.catch(() => {});
  const thread = createDatasetThread(scope, services, {
    described: (statistics) => tell(channel.remote.described(statistics)),
    progressed: (progress) => tell(channel.remote.progressed(progress)),
  });
  const local: StatisticsHost = {
    open() {
      panel.title = titleOf(files);
      return thread().openDatasets(files);
    },
    list: (manifest, filter, from) => thread().list(manifest, filter, from),
    utteranceAction: (manifest, index, action) =>
      void edge.guard('Showing an utterance', async () => {
        const utterance = await thread().utterance(manifest, index);
        if (!utterance) throw new UserError('The manifest has changed; open its statistics again.');
        await show(utterance.document, utterance.line, utterance.clip.file, action);
      }),
    chooseManifests: () =>
      void edge.guard('Choosing manifests', async () => {
        const chosen = await pickManifests('Dataset Statistics', true);
        if (!chosen) return;
        files = chosen;
        tell(channel.remote.changed());
      }),
  };
  const channel = connect<StatisticsHost, StatisticsView>(webviewPort(panel.webview), local, statisticsHostChecks);
  scope.add(channel.dispose);
  let timer: NodeJS.Timeout | undefined;
  scope.add(() => clearTimeout(timer));
  scope.add(
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (!files.includes(uri.fsPath)) return;
      clearTimeout(timer);
      timer = setTimeout(() => tell(channel.remote.changed()), quietMs);
    }),
  );
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/statistics.js',
    style: 'webview/statistics.css',
    title: 'Dataset Statistics',
  });
}

function titleOf([first, ...others]: readonly string[]): string {
  if (first === undefined) return 'Dataset Statistics';
  return `Statistics: ${path.basename(first)}${others.length > 0 ? ` + ${others.length}` : ''}`;
}

async function show(document: string, line: number, recording: string, action: ListAction): Promise<void> {
  if (action === 'showLine') await openLine(document, line);
  else await openRecording(recording, action === 'play');
}
