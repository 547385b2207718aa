import * as vscode from 'vscode';
import { languageId } from '../../shared/contributions.ts';
import { UserError } from '../../shared/problem.ts';

const outside = '{**/node_modules/**,**/runs/**,**/.git/**}';

/** Experiment files of the workspace, by path; the copies inside run directories are not meant. */
export async function findExperiments(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles('**/*.asr.{yaml,yml}', outside, 200);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The experiment the user is looking at. */
export function activeExperiment(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === languageId ? document.uri : undefined;
}

/** Text as the user sees it: of the open editor, saved or not, else of the file. */
export async function readExperiment(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** What runs reads the file, so it must hold what the user sees. */
export async function saveExperiment(uri: vscode.Uri): Promise<void> {
  if (uri.scheme !== 'file')
    throw new UserError('Save the experiment to a folder first: training needs files on a disk.');
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty && !(await open.save())) throw new UserError(`${uri.fsPath} could not be saved.`);
}
