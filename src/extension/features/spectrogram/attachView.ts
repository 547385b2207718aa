import * as vscode from 'vscode';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type HostAction,
  type SpectrogramHost,
  type SpectrogramView,
  spectrogramHostChecks,
  type ViewCommand,
} from '../../../shared/protocol/spectrogram.ts';
import { createScope } from '../../../shared/scope.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { answerAnnotations } from './annotations/answerAnnotations.ts';
import type { Augmentation } from './augment/augmentation.ts';
import { answerOut } from './export/answerOut.ts';
import type { LinkMember } from './links/linkGroups.ts';
import type { ViewLinks } from './links/viewLinks.ts';
import { attachModel } from './model/attachModel.ts';
import { answerPictures, preparePicture } from './picture/answerPictures.ts';
import type { LabelledRecording } from './recordingProvider.ts';

/** How commands of the workbench reach a view. */
export interface ViewHandle {
  /** Its place among the views that share their time. */
  readonly link: LinkMember;
  command(command: ViewCommand): void;
  /** Selects a stretch and brings it into view. */
  showStretch(startSec: number, endSec: number): void;
}

/** What all views of a window have in common. */
export interface SharedByViews {
  readonly links: ViewLinks;
  readonly augmentation: Augmentation;
}

/** Connects one editor tab to its recording. */
export function attachView(
  recording: LabelledRecording,
  panel: vscode.WebviewPanel,
  services: Services,
  shared: SharedByViews,
): ViewHandle {
  const { edge, log, extensionUri } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  const { worker } = recording;
  /** Commands for a page that is not there yet. */
  const waiting: (() => Promise<void>)[] = [];
  let built = false;
  const { member: link, host: linksHost } = shared.links.attach({ panel, recording }, () => remote);
  const local: SpectrogramHost = {
    ...linksHost,
    ...answerAnnotations(recording.annotations, panel, services, scope, () => remote),
    ...shared.augmentation.attach(recording.uri, scope, () => remote),
    // The page is built with the answer.
    ...answerPictures(recording, services, takeWaiting),
    ...answerOut(scope, recording, services, (request, done) => tell(remote.measured(request, done))),
    open() {
      built = false;
      return recording.open();
    },
    waveformTile: (channel, level, index, whole) => worker.waveformTile(channel, level, index, whole),
    samples: (channel, startSample, sampleCount) => worker.samples(channel, startSample, sampleCount),
    ...attachModel(recording, services, scope, () => remote),
    runAction: (action) => void edge.guard('Running a command', () => runAction(action, recording.uri)),
    copyText: (text) => void edge.guard('Copying', async () => vscode.env.clipboard.writeText(text)),
  };
  const { remote, dispose } = connect<SpectrogramHost, SpectrogramView>(
    webviewPort(panel.webview),
    local,
    spectrogramHostChecks,
  );
  scope.add(dispose);
  // A hidden page answers nothing; it opens again with what it kept.
  const tell = (what: Promise<void>) => void what.catch(() => {});
  scope.add(recording.onSurveyed((progress) => panel.visible && tell(remote.surveyed(progress))));
  scope.add(recording.onChanged(() => panel.visible && tell(remote.changed())));
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/spectrogram.js',
    style: 'webview/spectrogram.css',
    title: 'Spectrogram',
  });
  // A view that cannot be prepared says itself what is wrong.
  void preparePicture(recording, services).catch(() => {});
  function takeWaiting(): void {
    built = true;
    for (const command of waiting.splice(0)) tell(command());
  }
  const enter = (command: () => Promise<void>) => {
    panel.reveal(undefined, false);
    waiting.push(command);
    if (built) takeWaiting();
  };
  return {
    link,
    command: (command) => enter(() => remote.commanded(command)),
    showStretch: (startSec, endSec) => enter(() => remote.stretchShown(startSec, endSec)),
  };
}

const commandOfAction: Record<HostAction, (uri: vscode.Uri) => [string, ...unknown[]]> = {
  train: () => ['asr.train'],
  newExperiment: () => ['asr.newExperiment'],
  chooseModel: () => ['asr.pinModel'],
  reopenBuiltIn: (uri) => ['vscode.openWith', uri, 'vscode.audioPreview'],
  reopenText: (uri) => ['vscode.openWith', uri, 'default'],
  showLog: () => ['asr.showLog'],
};

/** Does for the user what a view cannot do itself. */
export async function runAction(action: HostAction, uri: vscode.Uri): Promise<void> {
  const [command, ...parameters] = commandOfAction[action](uri);
  await vscode.commands.executeCommand(command, ...parameters);
}
