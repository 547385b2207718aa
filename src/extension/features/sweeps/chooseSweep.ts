import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import type { Services } from '../../services/services.ts';
import { renderSweepLabel, renderSweepStatus } from '../../services/sweepLabels.ts';
import type { Sweep } from '../../services/sweepResults.ts';

/** The sweep a command is about: the one it was given (a directory, or a row of the list), the only one, or the user's choice. */
export async function chooseSweep(
  { sweeps }: Services,
  given: unknown,
  placeHolder: string,
  suits: (sweep: Sweep) => boolean = () => true,
): Promise<Sweep | undefined> {
  const directory = directoryOf(given);
  await sweeps.refresh(directory === undefined ? undefined : path.dirname(directory));
  if (directory !== undefined) {
    const sweep = sweeps.list.find((other) => other.directory === directory);
    if (!sweep) throw new UserError(`${directory}: there is no sweep.`);
    return sweep;
  }
  const suiting = sweeps.list.filter(suits);
  if (suiting.length === 0) throw new UserError('There is no such sweep in this workspace.');
  if (suiting.length === 1) return suiting[0];
  const items = suiting.map((sweep) => ({
    label: renderSweepLabel(sweep),
    description: renderSweepStatus(sweep),
    sweep,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.sweep;
}

function directoryOf(given: unknown): string | undefined {
  if (typeof given === 'string') return path.resolve(given);
  const directory =
    typeof given === 'object' && given !== null ? (given as { directory?: unknown }).directory : undefined;
  return typeof directory === 'string' ? directory : undefined;
}
