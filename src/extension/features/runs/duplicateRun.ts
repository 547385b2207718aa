import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { runFiles } from '../../../shared/run/layout.ts';
import { askExperimentName } from '../../services/experimentName.ts';
import { chooseRun } from '../../services/runChoice.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';

/** `ASR: Duplicate Run with Changes`: its config under a new name beside the original, open to be edited and trained. */
export async function duplicateRun({ runs }: Services, given: unknown): Promise<void> {
  const run = await chooseRun(runs, given, { placeHolder: 'Run to duplicate', none: 'There is no run yet.' });
  if (!run) return;
  const kept = await readOptional(path.join(run.directory, runFiles.config));
  if (kept === undefined) throw new UserError(`${run.directory}: its ${runFiles.config} cannot be read.`);
  const folder = await folderFor(run);
  const name = await askExperimentName(folder, run.experiment, `Duplicate "${run.name}"`);
  if (!name) return;
  const original = await readOptional(run.configFile);
  const { duplicateConfig } = await import('../../services/experimentText.ts');
  const text = duplicateConfig(
    name,
    { text: kept, folder: run.directory },
    original === undefined ? undefined : { text: original, folder: path.dirname(run.configFile) },
  );
  const target = vscode.Uri.joinPath(folder, `${name}.asr.yaml`);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target, { preview: false });
}

/** Where the original lies or lay, so that relative names in it still hold; else the workspace. */
async function folderFor(run: Run): Promise<vscode.Uri> {
  const folder = path.dirname(run.configFile);
  const exists = await fs.stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (exists) return vscode.Uri.file(folder);
  const first = vscode.workspace.workspaceFolders?.[0];
  if (!first) throw new UserError(`${folder} is not there any more, and no folder is open.`);
  return first.uri;
}

const readOptional = (file: string): Promise<string | undefined> => fs.readFile(file, 'utf8').catch(() => undefined);
