import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { formatDuration } from '../../../shared/run/runStatus.ts';
import { askExperimentName } from '../../services/experimentName.ts';
import type { Services } from '../../services/services.ts';
import { draftExperiment } from './draftExperiment.ts';
import { type DataSet, type FoundCorpus, findCorpus, findDataSets } from './findData.ts';

/** Writes an experiment for the recordings of a folder and opens it. */
export async function createNewExperiment(services: Services, resource: unknown): Promise<void> {
  const folder = resource instanceof vscode.Uri ? resource : await chooseFolder();
  if (!folder) return;
  const set = await findOrPrepare(services, folder);
  if (!set) return;
  const suggested = path.posix.basename(set.folder.path).replace(/[^\w.-]+/g, '-') || 'experiment';
  const name = await askExperimentName(folder, suggested, 'New Experiment');
  if (!name) return;
  const target = vscode.Uri.joinPath(folder, `${name}.asr.yaml`);
  const relative = (uri: vscode.Uri) => path.posix.relative(folder.path, uri.path);
  const manifests = (found: DataSet['train']) => found.map(({ uri, manifest }) => ({ path: relative(uri), manifest }));
  const text = draftExperiment({ name, train: manifests(set.train), dev: manifests(set.dev) });
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target);
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new UserError('Open the folder with your recordings first.');
  if (folders.length === 1) return folders[0]!.uri;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder of the new experiment' }))?.uri;
}

async function findOrPrepare(services: Services, folder: vscode.Uri): Promise<DataSet | undefined> {
  const searching = { location: vscode.ProgressLocation.Window, title: 'Looking for recordings…' };
  const sets = await vscode.window.withProgress(searching, () => findDataSets(folder));
  if (sets.length > 0) return chooseSet(sets, folder);
  const corpus = await vscode.window.withProgress(searching, () => findCorpus(folder));
  if (!corpus)
    throw new UserError(
      'No recordings were found in this folder. Put .wav or .flac files here, each with its text in a .txt of the same name.',
    );
  await prepareManifests(services, corpus);
  return chooseSet(await findDataSets(corpus.folder), folder);
}

async function chooseSet(sets: DataSet[], root: vscode.Uri): Promise<DataSet | undefined> {
  if (sets.length <= 1) return sets[0];
  const items = sets.map((set) => ({
    label: path.posix.basename(set.folder.path),
    description: describe(set),
    detail: set.folder.path === root.path ? 'this folder' : path.posix.relative(root.path, set.folder.path),
    set,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Data of the new experiment' }))?.set;
}

function describe({ train, dev }: DataSet): string {
  const utterances = train.flatMap(({ manifest }) => manifest.utterances);
  const seconds = utterances.reduce((sum, { durationSec = 0 }) => sum + durationSec, 0);
  const duration = seconds > 0 ? `, ${formatDuration(seconds)}` : '';
  return `${utterances.length} utterances${duration}${dev.length === 0 ? ', no dev manifest' : ''}`;
}

/** Lets the engine write `train.jsonl` and `dev.jsonl` into the corpus, after asking. */
async function prepareManifests({ engine }: Services, corpus: FoundCorpus): Promise<void> {
  if (corpus.folder.scheme !== 'file') throw new UserError('Manifests can only be made for recordings on a disk.');
  const write = 'Write Manifests';
  const choice = await vscode.window.showInformationMessage(
    `There are recordings (${corpus.format} layout) but no manifests in ${path.basename(corpus.folder.path)}. Write train.jsonl and dev.jsonl beside them?`,
    { modal: true },
    write,
  );
  if (choice !== write) throw new vscode.CancellationError();
  const place = (name: string) => path.join(corpus.folder.fsPath, name);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Reading the recordings…',
    cancellable: true,
  };
  await vscode.window.withProgress(options, (_, token) =>
    engine.ask(
      [
        ...['prepare', corpus.folder.fsPath, '--format', corpus.format],
        ...['--out', place('train.jsonl'), '--dev-out', place('dev.jsonl')],
      ],
      { cwd: corpus.folder.fsPath, token },
    ),
  );
}
