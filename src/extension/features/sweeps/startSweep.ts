import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../../shared/config/schema.ts';
import { UserError } from '../../../shared/problem.ts';
import { sweepDirectoryName } from '../../../shared/run/layout.ts';
import { createTask } from '../../services/engineTask.ts';
import { activeExperiment, findExperiments, readExperiment, saveExperiment } from '../../services/experiments.ts';
import type { Services } from '../../services/services.ts';
import { canResumeSweep } from '../../services/sweepResults.ts';
import { askSweep, type SweepWish } from './askSweep.ts';
import { chooseSweep } from './chooseSweep.ts';

/**
 * `ASR: Sweep`, from the palette, a lens, a menu of the editor or the Explorer (which pass the file). `wish` is a key to
 * ask about, or all that would be asked. The directory of the sweep, once its task has been started.
 */
export async function startSweep(services: Services, resource: unknown, wish: unknown): Promise<string | undefined> {
  const chosen = await checkedExperiment(resource, 'Experiment to sweep over');
  if (!chosen) return undefined;
  const { uri, text, experiment } = chosen;
  const wanted = isWish(wish) ? wish : await askSweep(text, uri, experiment.training.epochs, keyOrOffset(wish, uri));
  if (!wanted) return undefined;
  const runs = path.join(path.dirname(uri.fsPath), 'runs');
  const directory = path.join(runs, sweepDirectoryName(experiment.name, Date.now()));
  await start(services, uri, 'sweep', ['--sweep-dir', directory, ...argumentsOf(wanted)], runs);
  return directory;
}

export interface CheckedExperiment {
  uri: vscode.Uri;
  text: string;
  experiment: Experiment;
}

/** The experiment that is meant, saved and without errors; undefined when none was chosen. */
export async function checkedExperiment(resource: unknown, question: string): Promise<CheckedExperiment | undefined> {
  const uri = resource instanceof vscode.Uri ? resource : await chooseExperiment(question);
  if (!uri) return undefined;
  if (!vscode.workspace.isTrusted) throw new UserError('Training runs only in a trusted workspace.');
  await saveExperiment(uri);
  const text = await readExperiment(uri);
  const { checkExperimentText } = await import('../../services/experimentText.ts');
  const { experiment, problems } = checkExperimentText(text, uri.fsPath);
  const error = problems.find(({ severity }) => severity === 'error');
  const name = path.basename(uri.fsPath);
  if (!experiment) throw new UserError(`${name} has an error in line ${error?.line ?? 1}: ${error?.message}`);
  if (experiment.data.dev.length === 0)
    throw new UserError(`${name}: trials are compared by their dev WER; give data.dev a manifest first.`);
  return { uri, text, experiment };
}

/** Goes on with the trials that are left; a sweep that goes on already is only shown. */
export async function resumeSweep(services: Services, given: unknown): Promise<string | undefined> {
  const sweep = await chooseSweep(services, given, 'Sweep to go on with', canResumeSweep);
  if (!sweep || sweep.active) return sweep?.directory;
  if (!vscode.workspace.isTrusted) throw new UserError('Training runs only in a trusted workspace.');
  const { directory, record } = sweep;
  // A budget that is spent would end it at once.
  const budget = record.end === 'budget' ? ['--budget', String(spentMin(record.trials) + (record.budgetMin ?? 0))] : [];
  const args = ['--sweep-dir', directory, '--resume', ...budget];
  await start(services, vscode.Uri.file(record.configFile), 'sweep', args, path.dirname(directory));
  return directory;
}

const spentMin = (trials: readonly { durationMs: number }[]): number =>
  Math.ceil(trials.reduce((sum, { durationMs }) => sum + durationMs, 0) / 60_000);

/** Starts the task, and has its directory looked for. */
export async function start(
  services: Services,
  uri: vscode.Uri,
  command: 'sweep' | 'ensemble',
  args: string[],
  runs: string,
): Promise<vscode.TaskExecution> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const config = folder ? path.relative(folder.uri.fsPath, uri.fsPath) : uri.fsPath;
  const place = folder ?? vscode.TaskScope.Workspace;
  const execution = await vscode.tasks.executeTask(createTask({ command, config, args }, place, services));
  await services.runs.refresh(runs);
  await services.sweeps.refresh(runs);
  return execution;
}

export function argumentsOf({ keys, random, seed, epochs, budgetMin }: SweepWish): string[] {
  const option = (name: string, value: number | undefined) => (value === undefined ? [] : [name, String(value)]);
  return [
    ...keys.flatMap((key) => ['--key', key]),
    ...option('--random', random),
    ...option('--seed', seed),
    ...option('--epochs', epochs),
    ...option('--budget', budgetMin),
  ];
}

function isWish(value: unknown): value is SweepWish {
  const keys = typeof value === 'object' && value !== null ? (value as { keys?: unknown }).keys : undefined;
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string');
}

/** The key that was asked about, else where the cursor is. */
function keyOrOffset(wish: unknown, uri: vscode.Uri): string | number | undefined {
  if (typeof wish === 'string') return wish;
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.toString() === uri.toString()
    ? editor.document.offsetAt(editor.selection.active)
    : undefined;
}

async function chooseExperiment(placeHolder: string): Promise<vscode.Uri | undefined> {
  const active = activeExperiment();
  if (active) return active;
  const found = await findExperiments();
  if (found.length === 0) throw new UserError('There is no experiment (*.asr.yaml) in this workspace yet.');
  if (found.length === 1) return found[0];
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}
