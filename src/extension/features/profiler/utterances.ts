import * as path from 'node:path';
import * as vscode from 'vscode';
import { excludeUtterance } from '../../../asr/excludeUtterance.ts';
import { openAudio } from '../../../dsp/audioFile.ts';
import { type CommandId, spectrogramViewType } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import type { SoundPiece, UtteranceAction } from '../../../shared/protocol/profiler.ts';
import { maxSamplesPerPull } from '../../../shared/protocol/samples.ts';
import type { BatchUtterance } from '../../../shared/run/batchLines.ts';
import { openFileSource } from '../../services/fileSource.ts';

const audioFile = ({ manifest, audioFilepath }: BatchUtterance): string =>
  path.resolve(path.dirname(manifest), audioFilepath);

/** A piece of an utterance as sound; of a recording with several channels their mean, which is what the model hears. */
export async function readSound(utterance: BatchUtterance, startSample: number, count: number): Promise<SoundPiece> {
  const source = await openFileSource(audioFile(utterance));
  try {
    const clip = await openAudio(source);
    const { sampleRateHz, frames } = clip.info;
    const first = Math.min(frames, Math.round((utterance.offsetSec ?? 0) * sampleRateHz));
    const totalSamples = Math.min(frames - first, Math.round(utterance.durationSec * sampleRateHz));
    const start = Math.max(0, Math.min(totalSamples, startSample));
    const wanted = Math.max(0, Math.min(maxSamplesPerPull, count, totalSamples - start));
    const channels = await clip.readSamples(first + start, wanted);
    return { sampleRateHz, totalSamples, data: mixed(channels).buffer as ArrayBuffer };
  } finally {
    await source.close();
  }
}

/** Of its own memory, so that only these samples cross the wire. */
function mixed(channels: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels)
    for (let i = 0; i < mean.length; i++) mean[i]! += Number.isFinite(channel[i]) ? channel[i]! / channels.length : 0;
  return mean;
}

export async function performUtteranceAction(utterance: BatchUtterance, action: UtteranceAction): Promise<void> {
  switch (action) {
    case 'openSpectrogram':
      await vscode.commands.executeCommand(
        'vscode.openWith',
        vscode.Uri.file(audioFile(utterance)),
        spectrogramViewType,
      );
      break;
    case 'showLine':
      await showLine(utterance);
      break;
    case 'exclude':
      await exclude(utterance);
  }
}

async function showLine({ manifest, line }: BatchUtterance): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(manifest), {
    selection: new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
}

/** One edit of the manifest, which its editor can undo; the next run leaves the utterance out. */
async function exclude(utterance: BatchUtterance): Promise<void> {
  const { manifest, audioFilepath } = utterance;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(manifest));
  const edit = excludeUtterance(document.getText(), utterance, true);
  if (!edit) throw new UserError(`${manifest} does not name "${audioFilepath}" any more.`);
  await showLine({ ...utterance, line: edit.line });
  const line = document.lineAt(edit.line - 1);
  if (edit.text === line.text) {
    void vscode.window.showInformationMessage(`${audioFilepath} is excluded already.`);
    return;
  }
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, line.range, edit.text);
  await vscode.workspace.applyEdit(change);
  await document.save();
  const command: CommandId = 'asr.train';
  void vscode.window
    .showInformationMessage(`${audioFilepath} is left out of the next training.`, 'Train')
    .then((choice) => choice && vscode.commands.executeCommand(command));
}
