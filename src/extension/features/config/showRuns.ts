import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import { activeExperiment, readExperiment } from '../../services/experiments.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import type { ExperimentRuns } from './experimentRuns.ts';

/** Runs of an experiment to choose from, best first when a key is asked about, with what they had there. */
export async function showRunsOfExperiment(
  services: Services,
  runs: ExperimentRuns,
  resource: unknown,
  key: unknown,
): Promise<void> {
  const uri = resource instanceof vscode.Uri ? resource : activeExperiment();
  if (!uri) return;
  await services.runs.refresh();
  const { checkExperimentText } = await import('../../services/experimentText.ts');
  const { experiment } = checkExperimentText(await readExperiment(uri), uri.fsPath);
  const own = runs.of(uri.fsPath, experiment?.name ?? '');
  if (own.length === 0) {
    await vscode.window.showInformationMessage(`There is no run of ${path.basename(uri.path)} yet.`);
    return;
  }
  const asked = typeof key === 'string' ? key : undefined;
  if (asked !== undefined) own.sort((a, b) => werOf(a) - werOf(b));
  const items = await Promise.all(own.map((run) => itemOf(run, runs, asked)));
  const placeHolder = asked ? `Runs by ${asked}, best first` : `Runs of ${path.basename(uri.path)}`;
  const choice = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  const command: CommandId = 'asr.showRun';
  if (choice) await vscode.commands.executeCommand(command, choice.run.directory);
}

async function itemOf(run: Run, runs: ExperimentRuns, key: string | undefined) {
  const wer = run.model.best ? [`WER ${formatPercent(run.model.best.wer)}`] : [];
  const value = key === undefined ? undefined : valueAt(await runs.settings(run), key);
  return {
    label: value === undefined ? path.basename(run.directory) : `${value}`,
    description: [...wer, run.state, ...(value === undefined ? [] : [path.basename(run.directory)])].join(' · '),
    run,
  };
}

const werOf = ({ model }: Run): number => model.best?.wer ?? Number.POSITIVE_INFINITY;

function valueAt(settings: unknown, key: string): unknown {
  let value = settings;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
