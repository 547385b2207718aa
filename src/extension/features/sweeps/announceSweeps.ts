import * as vscode from 'vscode';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Scope } from '../../../shared/scope.ts';
import { bestTrial, isSettled, trialName } from '../../../shared/sweep/sweepRecord.ts';
import type { Services } from '../../services/services.ts';
import type { Sweep } from '../../services/sweepResults.ts';
import { resumeSweep } from './startSweep.ts';
import { useValues } from './useValues.ts';

const memoryKey = 'asr.offeredSweeps';
const remembered = 50;

/** Says when a sweep has ended, and offers to go on with one whose process died, once, also when no window was open. */
export function announceSweeps(scope: Scope, services: Services, show: (directory: string) => void): void {
  const { sweeps, edge } = services;
  scope.add(
    sweeps.onDidChange(({ sweep, ended }) => {
      // What counts of an ensemble is how its models do together, which is told when that is known.
      if (sweep.record.ensemble && sweep.record.end === 'done') return;
      const died = !sweep.active && sweep.record.end === undefined;
      if (ended || (died && isNews(sweep, services)))
        void edge.guard('The sweep', () => announce(sweep, services, show));
      if (died) remember(sweep, services);
    }),
  );
}

async function announce(sweep: Sweep, services: Services, show: (directory: string) => void): Promise<void> {
  const [table, use, resume] = ['Show Table', 'Use Best Values', 'Resume'];
  const { record, directory } = sweep;
  const best = bestTrial(record.trials);
  const actions = [
    ...(record.end === 'done' ? [] : [resume]),
    ...(best && record.end === 'done' ? [use] : []),
    table,
  ] as string[];
  const choice = await sayEnd(sweep, actions);
  if (choice === table) show(directory);
  else if (choice === use && best) await useValues(record, best);
  else if (choice === resume) await resumeSweep(services, directory);
}

function sayEnd({ record }: Sweep, actions: string[]): Thenable<string | undefined> {
  const best = bestTrial(record.trials);
  const settled = record.trials.filter(isSettled).length;
  const result =
    best?.wer === undefined || best.wer === null
      ? ''
      : `: best WER ${formatPercent(best.wer)} with ${trialName(record.keys, best.values)}`;
  const count = `${settled} of ${record.trials.length} trials`;
  switch (record.end) {
    case 'done':
      return vscode.window.showInformationMessage(`The sweep of "${record.name}" is done${result}.`, ...actions);
    case 'stopped':
      return vscode.window.showInformationMessage(
        `The sweep of "${record.name}" was stopped after ${count}${result}.`,
        ...actions,
      );
    case 'budget':
      return vscode.window.showInformationMessage(
        `The sweep of "${record.name}" spent its ${record.budgetMin} min on ${count}${result}.`,
        ...actions,
      );
    default:
      return vscode.window.showWarningMessage(
        `The sweep of "${record.name}" ended without a word after ${count}: its process is gone. What is finished is not repeated.`,
        ...actions,
      );
  }
}

const episodeOf = ({ directory, record }: Sweep): string => `${directory}@${record.trials.filter(isSettled).length}`;

const isNews = (sweep: Sweep, { memory }: Services): boolean =>
  vscode.workspace.isTrusted && !memory.get<string[]>(memoryKey, []).includes(episodeOf(sweep));

function remember(sweep: Sweep, { memory }: Services): void {
  const offered = memory.get<string[]>(memoryKey, []);
  if (!offered.includes(episodeOf(sweep)))
    void memory.update(memoryKey, [...offered, episodeOf(sweep)].slice(-remembered));
}
