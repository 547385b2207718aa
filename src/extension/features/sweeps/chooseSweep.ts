import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import { bestTrial, isSettled } from '../../../shared/sweep/sweepRecord.ts';
import type { Services } from '../../services/services.ts';
import type { Sweep } from '../../services/sweeps.ts';

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
  const items = suiting.map((sweep) => ({ label: sweepLabel(sweep), description: sweepStatus(sweep), sweep }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.sweep;
}

/** `tones over learningRate, dropout` */
export const sweepLabel = ({ record }: Sweep): string =>
  `${record.name} over ${record.keys.map(({ key }) => key.slice(key.lastIndexOf('.') + 1)).join(', ')}`;

/** `3/9 trials · best WER 12.3 %` */
export function sweepStatus({ record: { trials } }: Sweep): string {
  const best = bestTrial(trials);
  const score = best?.wer === undefined || best.wer === null ? [] : [`best WER ${formatPercent(best.wer)}`];
  return [`${trials.filter(isSettled).length}/${trials.length} trials`, ...score].join(' · ');
}

function directoryOf(given: unknown): string | undefined {
  if (typeof given === 'string') return path.resolve(given);
  const directory =
    typeof given === 'object' && given !== null ? (given as { directory?: unknown }).directory : undefined;
  return typeof directory === 'string' ? directory : undefined;
}
