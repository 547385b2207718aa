import { rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { parseRunName, runFiles } from '../../../shared/run/layout.ts';
import { chooseRun } from '../../services/runChoice.ts';
import type { Services } from '../../services/services.ts';
import { fileIn } from './runRows.ts';

/** `ASR: Rename Run`: the name is kept beside the record, which never changes; an empty one brings the experiment's back. */
export async function renameRun({ runs }: Services, given: unknown): Promise<void> {
  const run = await chooseRun(runs, given, { placeHolder: 'Run to rename', none: 'There is no run to rename.' });
  if (!run) return;
  const name = await vscode.window.showInputBox({
    title: `Name of the run ${path.basename(run.directory)}`,
    prompt: `Empty for the name of its experiment, "${run.experiment}"`,
    value: run.name,
  });
  if (name === undefined) return;
  await writeRunName(run.directory, name === run.experiment ? '' : name);
  await runs.refresh();
}

/** Renamed into place, so that another window never reads half a name. */
export async function writeRunName(directory: string, text: string): Promise<void> {
  const file = path.join(directory, runFiles.name);
  const name = parseRunName(text);
  if (name === undefined) return rm(file, { force: true });
  await writeFile(`${file}.${process.pid}`, `${name}\n`);
  await rename(`${file}.${process.pid}`, file);
}

/** `ASR: Edit Run Note`: a Markdown file in the run directory. */
export async function editRunNote({ runs }: Services, given: unknown): Promise<void> {
  const run = await chooseRun(runs, given, { placeHolder: 'Run to note something on', none: 'There is no run yet.' });
  if (!run) return;
  const file = fileIn(run, runFiles.note);
  await vscode.workspace.fs.stat(file).then(undefined, () => vscode.workspace.fs.writeFile(file, new Uint8Array()));
  await vscode.window.showTextDocument(file, { preview: false });
}
