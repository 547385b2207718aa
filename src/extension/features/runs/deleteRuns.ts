import * as path from 'node:path';
import * as vscode from 'vscode';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import { chooseRun, givenRuns } from '../../services/runChoice.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { checkDeletable } from './deletableRun.ts';

/** `ASR: Delete Run`, to the trash where there is one. */
export async function deleteRuns({ runs, log }: Services, given: unknown, selection: unknown): Promise<void> {
  const chosen = await givenRuns(runs, given, selection);
  if (chosen.length === 0) {
    const run = await chooseRun(runs, given, {
      placeHolder: 'Run to delete',
      suits: ({ active }) => !active,
      none: 'There is no run that could be deleted: training goes on in all of them.',
    });
    if (!run) return;
    chosen.push(run);
  }
  // Nothing goes when one of them must not.
  for (const run of chosen) await checkDeletable(run.directory);
  if (!(await confirm(chosen, 'Move to Trash', 'What is deleted can be restored from the trash.'))) return;
  let permanently = false;
  for (const run of chosen) {
    const uri = vscode.Uri.file(await checkDeletable(run.directory));
    if (!permanently && (await moveToTrash(uri))) continue;
    // A remote machine has no trash.
    permanently ||= await confirm(
      chosen,
      'Delete Permanently',
      'There is no trash here: what is deleted cannot be restored.',
    );
    if (!permanently) break;
    await vscode.workspace.fs.delete(vscode.Uri.file(await checkDeletable(run.directory)), { recursive: true });
    log.asr.info(`deleted ${uri.fsPath}`);
  }
  await runs.refresh();
}

async function confirm(runs: readonly Run[], action: string, consequence: string): Promise<boolean> {
  const question =
    runs.length === 1 ? `Delete the run "${runs[0]!.name}"?` : `Delete ${runs.length} runs with all their checkpoints?`;
  const rows = runs.slice(0, 10).map((run) => {
    const best = run.model.best ? `, best WER ${formatPercent(run.model.best.wer)}` : '';
    return `${path.basename(run.directory)} (${run.state}${best})`;
  });
  const rest = runs.length > rows.length ? [`and ${runs.length - rows.length} more`] : [];
  const detail = [...rows, ...rest, '', `Checkpoints, curves and notes go with it. ${consequence}`].join('\n');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}

async function moveToTrash(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
    return true;
  } catch {
    return false;
  }
}
