import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type ProfilerHost,
  type ProfilerView,
  profilerHostChecks,
  type UtterancePlace,
} from '../../../shared/protocol/profiler.ts';
import { createScope } from '../../../shared/scope.ts';
import { webviewPort } from '../../services/ports.ts';
import { openProblem } from '../../services/problems.ts';
import { readLog } from '../../services/runLog.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { readStepBatch } from '../../services/stepBatches.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { openProfileFile } from './openProfileFile.ts';
import { createPanelRuns } from './panelRuns.ts';
import { readProfile } from './profileFiles.ts';
import { performRunAction, resumeBefore } from './runActions.ts';
import { createRunFeed } from './runFeed.ts';
import { performUtteranceAction, readUtterance } from './utterances.ts';

/** Connects one tab to its runs; without directories it shows the current run, whichever that is. */
export function attachPanel(panel: vscode.WebviewPanel, directories: readonly string[], services: Services): void {
  const { edge, log, extensionUri } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  const tell = (what: Promise<void>) => void what.catch(() => {});
  const feed = createRunFeed({
    visible: () => panel.visible,
    append: (updates) => tell(channel.remote.appended(updates)),
    reopen: () => tell(channel.remote.changed()),
  });
  scope.add(feed);
  const runs = createPanelRuns(scope, directories, services, feed.take, () => {
    if (panel.visible) tell(channel.remote.changed());
  });
  const utteranceAt = async ({ directory, step, index }: UtterancePlace) => {
    const batch = await readStepBatch(runs.find(directory).directory, step);
    const utterance = batch?.utterances[index];
    if (!utterance) throw new UserError(`Step ${step} has no utterance ${index + 1}.`);
    return utterance;
  };
  const local: ProfilerHost = {
    async open() {
      const shown = await runs.open();
      panel.title = titleOf(shown);
      return { chosen: [...directories], runs: feed.open(shown) };
    },
    stepBatch: async (directory, step) => (await readStepBatch(runs.find(directory).directory, step)) ?? null,
    samples: async (place, startSample, count) => readUtterance(await utteranceAt(place), startSample, count),
    log: (directory, fromByte) => readLog(runs.find(directory).directory, fromByte),
    profile: (directory, path) => readProfile(runs.find(directory).directory, path),
    openProfileFile: (directory, path, kind) =>
      void edge.guard('Opening a profile', () => openProfileFile(runs.find(directory).directory, path, kind)),
    runAction: (directory, action) =>
      void edge.guard('Running a command', () =>
        performRunAction(directory === '' ? '' : runs.find(directory).directory, action),
      ),
    utteranceAction: (place, action) =>
      void edge.guard('Showing an utterance', async () => performUtteranceAction(await utteranceAt(place), action)),
    resumeBefore: (directory, step) =>
      void edge.guard('Resuming', () => resumeBefore(runs.find(directory).directory, step)),
    showProblem: (directory, index) =>
      void edge.guard('Showing a problem', () => showProblem(runs.find(directory), index)),
  };
  const channel = connect<ProfilerHost, ProfilerView>(webviewPort(panel.webview), local, profilerHostChecks);
  scope.add(channel.dispose);
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/profiler.js',
    style: 'webview/profiler.css',
    title: 'Profiler',
  });
}

function titleOf(runs: readonly Run[]): string {
  const [first, ...others] = runs;
  if (!first) return 'Profiler';
  return others.length > 0 ? `Profiler: ${first.name} + ${others.length}` : `Profiler: ${first.name}`;
}

async function showProblem({ model, configFile }: Run, index: number): Promise<void> {
  const problem = model.problems[index];
  if (problem) await openProblem(problem, vscode.Uri.file(configFile));
}
