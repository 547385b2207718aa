import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Tier } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import { UserError } from '../../../../shared/problem.ts';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import { replaceDifference } from '../../../services/replaceDifference.ts';
import { adoptSource, forgetFile } from './adoptSource.ts';
import { type AnnotationState, discardEdits, editedFiles, tierById, tiersIn } from './annotationState.ts';
import type { AnnotationsWorker, RecordingPlace } from './annotationsProtocol.ts';
import { markSaved, planSave } from './saveTiers.ts';

/** Brings all edits into their files, those too that are made meanwhile: the workbench takes them for saved. */
export async function saveEdits(
  state: AnnotationState,
  recording: RecordingPlace,
  worker: Remote<AnnotationsWorker>,
): Promise<void> {
  for (let files = editedFiles(state); files.length > 0; files = editedFiles(state))
    for (const file of files) await saveFile(state, file, recording, worker);
}

/**
 * Brings the edits of one file into it. What has changed there meanwhile is found again, or the user is asked; a UserError
 * says what could not be saved. Nothing that somebody else wrote is lost unless the user says so.
 */
async function saveFile(
  state: AnnotationState,
  file: string,
  recording: RecordingPlace,
  worker: Remote<AnnotationsWorker>,
  overwrite = false,
): Promise<void> {
  const plan = planSave(state, file);
  const editor = await openEditor(file);
  const open = editor ? { open: editor.getText() } : {};
  const outcome = await worker.save({ ...plan.request, recording, overwrite, ...open });
  if ('conflict' in outcome) return settle(state, file, recording, worker, outcome.conflict, overwrite);
  if (editor && editor.getText() !== open.open)
    throw new UserError(`${basename(file)} was edited meanwhile: save again.`);
  if (editor && outcome.text !== undefined) await writeThrough(editor, outcome.text);
  markSaved(state, plan, outcome.saved, outcome);
}

const save = 'Save Both';

/** The editor that shows a file with changes that are not saved; the user says whether they are saved too. */
async function openEditor(file: string): Promise<vscode.TextDocument | undefined> {
  const document = vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === file,
  );
  if (!document) return undefined;
  const name = basename(file);
  const choice = await vscode.window.showWarningMessage(
    `${name} has unsaved changes in a text editor.`,
    { modal: true, detail: 'The labels are written into them, and both are saved.' },
    save,
  );
  if (choice !== save) throw new UserError(`${name} has unsaved changes in a text editor: save them first.`);
  return document;
}

async function writeThrough(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  replaceDifference(document, text, edit);
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save()))
    throw new UserError(`${basename(document.fileName)} could not be saved from its editor.`);
}

const choices = { overwrite: 'Overwrite', reload: 'Reload', saveAs: 'Save As…' } as const;

async function settle(
  state: AnnotationState,
  file: string,
  recording: RecordingPlace,
  worker: Remote<AnnotationsWorker>,
  conflict: string,
  overwritten: boolean,
): Promise<void> {
  const message = `${basename(file)} cannot take the labels: ${conflict}.`;
  const offered = overwritten ? [choices.reload, choices.saveAs] : Object.values(choices);
  const choice = await vscode.window.showWarningMessage(
    message,
    { modal: true, detail: 'Reload gives up the labels that were edited here.' },
    ...offered,
  );
  if (choice === choices.overwrite) return saveFile(state, file, recording, worker, true);
  if (choice === choices.saveAs && !(await saveElsewhere(state, file, recording, worker))) throw new UserError(message);
  if (choice === undefined) throw new UserError(message);
  discardEdits(state, file);
  const source = await worker.read(recording, file);
  if (source) adoptSource(state, source);
  else forgetFile(state, file);
}

/** Writes the tiers of a file as a TextGrid of their own; false where the user does not say where. */
async function saveElsewhere(
  state: AnnotationState,
  file: string,
  recording: RecordingPlace,
  worker: Remote<AnnotationsWorker>,
): Promise<boolean> {
  const stem = basename(recording.file, extname(recording.file));
  const defaultUri = vscode.Uri.file(join(dirname(recording.file), `${stem}.edited.TextGrid`));
  const target = await vscode.window.showSaveDialog({ defaultUri, filters: { TextGrid: ['TextGrid'] } });
  if (!target) return false;
  const tiers = tiersIn(state, file).flatMap(([id]) => tierById(state, id) ?? []);
  await writeGrid(worker, recording, target.fsPath, tiers);
  return true;
}

/** A new TextGrid with these tiers, in place of whatever is there. */
export async function writeGrid(
  worker: Remote<AnnotationsWorker>,
  recording: RecordingPlace,
  file: string,
  shown: readonly Tier[],
): Promise<void> {
  const tiers = shown.map(({ name, kind, items }) => ({ name, kind, changed: true, after: [...items] }));
  const outcome = await worker.save({ file, recording, format: 'textGrid', tiers, overwrite: true, open: '' });
  if ('conflict' in outcome) throw new UserError(`${basename(file)}: ${outcome.conflict}`);
  await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(outcome.text));
}
