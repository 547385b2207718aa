import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { manifestsIn, pickManifests } from '../../services/pickManifests.ts';
import type { Services } from '../../services/services.ts';
import { parseShares, type SplitAnswer } from './splitAnswers.ts';
import type { SplitDocuments } from './splitDocuments.ts';

/** `ASR: Split Dataset`: asks for a manifest, shares and a seed; the engine writes train, dev and test beside it. */
export async function splitManifest(
  services: Services,
  documents: SplitDocuments,
  given: readonly unknown[],
): Promise<void> {
  const title = 'Split Dataset';
  const [source] = manifestsIn(given).length > 0 ? manifestsIn(given) : ((await pickManifests(title, false)) ?? []);
  if (source === undefined) return;
  const shares = await vscode.window.showInputBox({
    title,
    value: '80 10 10',
    prompt: 'Shares of train, dev and test in percent of the audio; no speaker will be in two of them',
    validateInput: (text) => (parseShares(text) ? undefined : 'Three numbers that add up to 100, such as 80 10 10'),
  });
  const parts = shares === undefined ? undefined : parseShares(shares);
  if (!parts) return;
  const seed = await vscode.window.showInputBox({
    title,
    value: '1',
    prompt: 'Seed: the same one gives the same parts',
    validateInput: (text) => (/^\d{1,9}$/.test(text.trim()) ? undefined : 'A whole number'),
  });
  if (seed === undefined) return;
  const outDir = await askFolder(title, path.dirname(source));
  if (outDir === undefined) return;
  const names = Object.entries(parts).flatMap(([part, share]) => (share > 0 ? [`${part}.jsonl`] : []));
  const force = await mayWrite(outDir, names);
  if (force === undefined) return;
  const shareOptions = Object.entries(parts).flatMap(([part, share]) => [`--${part}`, String(share)]);
  const split = (...more: string[]) =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Splitting…', cancellable: true },
      (_, token) =>
        services.engine.ask(
          ['split', source, '--out-dir', outDir, ...shareOptions, '--seed', seed.trim(), ...force, ...more],
          { token },
        ),
    );
  const { answer } = await splitOrAsk(split);
  await showSplit(documents, answer as SplitAnswer, source);
}

/** Data without speakers is split by utterances, when the user agrees. */
async function splitOrAsk(split: (...more: string[]) => Thenable<{ answer: unknown }>): Promise<{ answer: unknown }> {
  try {
    return await split();
  } catch (error) {
    if (!(error instanceof Error) || !/have no speaker|only (one|\d+) speaker/.test(error.message)) throw error;
    const anyway = 'Split by Utterance';
    const detail = 'A speaker may then be in several parts, and the error rate looks better than it is.';
    const choice = await vscode.window.showWarningMessage(error.message, { modal: true, detail }, anyway);
    if (choice !== anyway) throw new vscode.CancellationError();
    return split('--ignore-speakers');
  }
}

export async function askFolder(title: string, suggested: string): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title,
    value: suggested,
    prompt: 'Folder for the new manifests; it is made when it is not there',
    validateInput: (text) => (path.isAbsolute(text.trim()) ? undefined : 'An absolute path'),
  });
  return answer?.trim();
}

/** Options for writing; undefined when files are there that the user wants to keep. */
export async function mayWrite(folder: string, names: readonly string[]): Promise<string[] | undefined> {
  const there = names.filter((name) => fs.existsSync(path.join(folder, name)));
  if (there.length === 0) return [];
  const overwrite = 'Overwrite';
  const message = `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} in ${folder} already.`;
  const choice = await vscode.window.showWarningMessage(message, { modal: true }, overwrite);
  return choice === overwrite ? ['--force'] : undefined;
}

async function showSplit(documents: SplitDocuments, answer: SplitAnswer, source: string): Promise<void> {
  await documents.show(answer, source);
  const command: CommandId = 'asr.showStatistics';
  const files = answer.manifests.map(({ file }) => vscode.Uri.file(file));
  void vscode.window
    .showInformationMessage(`${answer.manifests.length} manifests were written.`, 'Statistics')
    .then((choice) => choice && vscode.commands.executeCommand(command, files[0], files));
}
