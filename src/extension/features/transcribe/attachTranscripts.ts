import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import type { SoundPiece } from '../../../shared/protocol/samples.ts';
import {
  type ItemAction,
  type RequestAction,
  type TranscriptsHost,
  type TranscriptsView,
  transcriptsHostChecks,
} from '../../../shared/protocol/transcripts.ts';
import { createScope } from '../../../shared/scope.ts';
import { chooseModel } from '../../services/chooseModel.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { insertTranscripts } from './insertTranscripts.ts';
import type { TranscriptJob } from './transcriptJob.ts';

/** Connects a tab to what it shows, which ends with it. */
export function attachTranscripts(panel: vscode.WebviewPanel, job: TranscriptJob, services: Services): void {
  const { edge, log, extensionUri } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  scope.add(job);
  const local: TranscriptsHost = {
    open: () => ({
      model: { name: path.basename(job.model), path: job.model },
      items: [...job.items],
      progress: job.progress,
    }),
    sound: (item) =>
      readWhole(audioOf(job, item), 0, 0).then(({ sampleRateHz, totalSamples: samples }) => ({
        sampleRateHz,
        samples,
      })),
    samples: async (item, startSample, sampleCount) =>
      (await readWhole(audioOf(job, item), startSample, sampleCount)).data,
    itemAction: (item, action, word) =>
      void edge.guard('Transcripts', () => actOnItem(job, item, action, word, services)),
    requestAction: (action) =>
      void edge.guard('Transcripts', () => actOnRequest(job, action, services, () => tell(channel.remote.changed()))),
  };
  const channel = connect<TranscriptsHost, TranscriptsView>(webviewPort(panel.webview), local, transcriptsHostChecks);
  scope.add(channel.dispose);
  // A hidden page answers nothing; it opens again with all there is.
  const tell = (what: Promise<void>) => void what.catch(() => {});
  scope.add(job.onDidChange((item) => panel.visible && tell(channel.remote.itemChanged(item))));
  scope.add(job.onDidProgress(() => panel.visible && tell(channel.remote.progressed(job.progress))));
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/transcripts.js',
    style: 'webview/transcripts.css',
    title: 'Transcripts',
  });
}

function audioOf({ sources }: TranscriptJob, item: number): string {
  const audio = sources[item]?.audio;
  if (!audio) throw new UserError('There is no recording.');
  return audio;
}

/** Only the samples that are asked for are read. */
async function readWhole(file: string, startSample: number, count: number): Promise<SoundPiece> {
  const { readSound } = await import('../../services/sound.ts');
  return readSound({ file, startSec: 0, durationSec: Number.POSITIVE_INFINITY }, startSample, count);
}

async function actOnItem(
  job: TranscriptJob,
  index: number,
  action: ItemAction,
  word: number,
  { transcription }: Services,
): Promise<void> {
  const [source, item] = [job.sources[index], job.items[index]];
  if (!source || !item) return;
  switch (action) {
    case 'insert':
      return insertTranscripts(job, [index], transcription);
    case 'copy':
      return void (await vscode.env.clipboard.writeText(item.text));
    case 'openSpectrogram': {
      const { startSec, endSec } = item.pairs[word] ?? { ...item, endSec: item.endSec ?? item.startSec };
      const command: CommandId = 'asr.showStretch';
      return void (await vscode.commands.executeCommand(command, source.audio, startSec, endSec));
    }
    case 'showLine': {
      if (!source.line) return;
      const { file, line } = source.line;
      await vscode.window.showTextDocument(vscode.Uri.file(file), {
        selection: new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
        viewColumn: vscode.ViewColumn.Beside,
      });
    }
  }
}

async function actOnRequest(
  job: TranscriptJob,
  action: RequestAction,
  services: Services,
  changed: () => void,
): Promise<void> {
  const showLog: CommandId = 'asr.showLog';
  switch (action) {
    case 'cancel':
      return job.cancel();
    case 'retry':
      job.reset(false);
      return job.run();
    case 'insertAll': {
      const differing = job.items.filter(({ errors, line, text }) => line !== 'none' && text !== '' && differs(errors));
      const indices = differing.map(({ index }) => index);
      return insertTranscripts(job, indices, services.transcription);
    }
    case 'copyAll':
      return void (await vscode.env.clipboard.writeText(job.items.map(({ text }) => `${text}\n`).join('')));
    case 'showLog':
      return void (await vscode.commands.executeCommand(showLog));
    case 'chooseModel': {
      const model = await chooseModel(services, 'Transcribe Again');
      if (model === undefined) return;
      job.cancel();
      await job.run();
      job.model = model;
      job.reset(true);
      changed();
      return job.run();
    }
  }
}

const differs = (errors: { substitutions: number; deletions: number; insertions: number } | undefined): boolean =>
  !errors || errors.substitutions + errors.deletions + errors.insertions > 0;
