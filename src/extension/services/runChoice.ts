import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../shared/problem.ts';
import { iconOf, renderRow } from './runLabels.ts';
import type { Run, Runs } from './runs.ts';

/** What a command may be given for a run: its directory, or a row of the list. */
export interface RunRow {
  directory: string;
}

export interface RunQuestion {
  placeHolder: string;
  suits?: (run: Run) => boolean;
  /** Said when no run suits. */
  none: string;
}

/** The run a command is about: the one it was given, the only one that suits, or the one the user picks. */
export async function chooseRun(runs: Runs, given: unknown, question: RunQuestion): Promise<Run | undefined> {
  const directory = directoryOf(given);
  if (directory === undefined) await runs.refresh();
  else if (!runs.list.some((run) => run.directory === directory)) await runs.refresh(path.dirname(directory));
  if (directory !== undefined) return checked(runs, directory, question);
  const suiting = runs.list.filter(question.suits ?? (() => true));
  if (suiting.length > 1) return pickRun(suiting, question.placeHolder);
  if (suiting.length === 0) void vscode.window.showInformationMessage(question.none);
  return suiting[0];
}

/** The runs of a command on several rows, which gets the row it was called on and all that are selected. */
export async function givenRuns(runs: Runs, given: unknown, selection: unknown): Promise<Run[]> {
  const rows = Array.isArray(selection) && selection.length > 0 ? selection : Array.isArray(given) ? given : [given];
  const directories = new Set(rows.map(directoryOf).filter((directory) => directory !== undefined));
  if (directories.size === 0) await runs.refresh();
  return runs.list.filter((run) => directories.has(run.directory));
}

export function pickItems(runs: readonly Run[]): (vscode.QuickPickItem & { run: Run })[] {
  return runs.map((run) => ({
    label: `$(${iconOf(run)}) ${run.name}`,
    description: renderRow(run),
    detail: path.basename(run.directory),
    run,
  }));
}

async function pickRun(runs: readonly Run[], placeHolder: string): Promise<Run | undefined> {
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(pickItems(runs), options))?.run;
}

function checked(runs: Runs, directory: string, { suits, none }: RunQuestion): Run {
  const run = runs.list.find((other) => other.directory === directory);
  if (!run) throw new UserError(`${directory}: this run is not there any more.`);
  // It may have changed since the menu was shown.
  if (suits && !suits(run)) throw new UserError(`${none} "${run.name}" is ${run.state}.`);
  return run;
}

function directoryOf(given: unknown): string | undefined {
  if (typeof given === 'string') return path.resolve(given);
  if (typeof given !== 'object' || given === null || !('directory' in given)) return undefined;
  return typeof given.directory === 'string' ? given.directory : undefined;
}
