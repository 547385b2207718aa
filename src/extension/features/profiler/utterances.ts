import * as path from 'node:path';
import * as vscode from 'vscode';
import { excludeUtterance } from '../../../asr/excludeUtterance.ts';
import { type CommandId, spectrogramViewType } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import type { UtteranceAction } from '../../../shared/protocol/profiler.ts';
import type { SoundPiece } from '../../../shared/protocol/samples.ts';
import type { BatchUtterance } from '../../../shared/run/batchLines.ts';

const audioFile = ({ manifest, audioFilepath }: BatchUtterance): string =>
  path.resolve(path.dirname(manifest), audioFilepath);

/** A piece of an utterance as sound. */
export async function readUtterance(
  utterance: BatchUtterance,
  startSample: number,
  count: number,
): Promise<SoundPiece> {
  const { offsetSec: startSec = 0, durationSec } = utterance;
  const { readSound } = await import('../../services/sound.ts');
  return readSound({ file: audioFile(utterance), startSec, durationSec }, startSample, count);
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
