import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import type { Services } from '../../services/services.ts';
import { type CorpusChoice, corpusChoices, prepareArguments, splitChoices } from './prepareChoices.ts';
import { askFolder, mayWrite } from './splitManifest.ts';

const title = 'Prepare Dataset';

/** `ASR: Prepare Dataset`: which layout, where, what to write; the engine fetches, reads and writes. */
export async function prepareDataset(services: Services, resource: unknown): Promise<void> {
  const corpus = await vscode.window.showQuickPick(corpusChoices, {
    title,
    placeHolder: 'Layout of the recordings that you have, or a public corpus to download',
    matchOnDetail: true,
  });
  if (!corpus) return;
  const folder = resource instanceof vscode.Uri ? resource.fsPath : await chooseFolder(corpus);
  if (folder === undefined) return;
  const part = corpus.part === undefined ? '' : await askPart(corpus.part);
  if (part === undefined) return;
  const outDir = await askFolder(title, folder);
  if (outDir === undefined) return;
  const split = await vscode.window.showQuickPick(splitChoices, {
    title,
    placeHolder: 'Manifests to write; no speaker will be in two of them',
  });
  if (!split) return;
  const names = split.parts.map((name) => `${name}.jsonl`);
  if (!(await mayWrite(outDir, names))) return;
  const argumentList = prepareArguments({ corpus, folder, part, split, place: (name) => path.join(outDir, name) });
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: corpus.download ? `Downloading and reading ${corpus.label}` : 'Reading the recordings',
    cancellable: true,
  };
  const { answer } = await vscode.window.withProgress(options, (progress, token) =>
    services.engine.ask(argumentList, { token, progress: (message) => progress.report({ message }) }),
  );
  await showPrepared(answer as PrepareAnswer);
}

interface PrepareAnswer {
  manifests: { file: string; utterances: number; durationSec: number; speakers: number }[];
  problems: unknown[];
}

async function chooseFolder({ download, label }: CorpusChoice): Promise<string | undefined> {
  const current = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: download ? `Folder to download ${label} into` : `Folder of the recordings (${label})`,
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: download ? 'Download Here' : 'Use Folder',
    ...(current ? { defaultUri: current } : {}),
  });
  return chosen?.[0]?.fsPath;
}

const askPart = (prompt: string) =>
  vscode.window.showInputBox({ title, prompt, placeHolder: 'empty for the usual one' }).then((text) => text?.trim());

async function showPrepared({ manifests, problems }: PrepareAnswer): Promise<void> {
  const files = manifests.map(({ file }) => vscode.Uri.file(file));
  if (files[0]) await vscode.window.showTextDocument(files[0]);
  const hours = manifests.reduce((sum, { durationSec }) => sum + durationSec, 0) / 3600;
  const count = manifests.reduce((sum, { utterances }) => sum + utterances, 0);
  const left = problems.length > 0 ? `; ${problems.length} problems, their utterances are left out` : '';
  const statistics: CommandId = 'asr.showStatistics';
  const experiment: CommandId = 'asr.newExperiment';
  void vscode.window
    .showInformationMessage(`${count} utterances, ${hours.toFixed(2)} h${left}.`, 'Statistics', 'New Experiment')
    .then((choice) => {
      if (choice === 'Statistics') return vscode.commands.executeCommand(statistics, files[0], files);
      return choice && files[0] && vscode.commands.executeCommand(experiment, vscode.Uri.joinPath(files[0], '..'));
    });
}
