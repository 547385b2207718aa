import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { runsViewId } from '../../../shared/runContributions.ts';
import { chooseRun, givenRuns } from '../../services/runChoice.ts';
import type { Services } from '../../services/services.ts';

/** The panel's command: it takes a run directory, or several of them to lay over each other. */
const panelCommand = 'asr.showProfiler';

/** Opens the panel of one run or of several. */
export async function openRuns({ runs }: Services, given: unknown, selection: unknown): Promise<void> {
  const chosen = await givenRuns(runs, given, selection);
  if (chosen.length === 0) {
    const run = await chooseRun(runs, given, { placeHolder: 'Run to open', none: 'There is no run yet.' });
    if (!run) return;
    chosen.push(run);
  }
  const directories = chosen.map((run) => run.directory);
  const known = (await vscode.commands.getCommands(true)).includes(panelCommand);
  const report: CommandId = 'asr.showReport';
  if (known) await vscode.commands.executeCommand(panelCommand, ...directories);
  else await vscode.commands.executeCommand(report, directories[0]);
  if (wantsFocusBack(given)) await vscode.commands.executeCommand(`${runsViewId}.focus`);
}

const wantsFocusBack = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'preserveFocus' in given && given.preserveFocus === true;
