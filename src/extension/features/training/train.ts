import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../../shared/config/schema.ts';
import type { CommandId, Invocation } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { runDirectoryName } from '../../../shared/run/layout.ts';
import { createTask } from '../../services/engineTask.ts';
import { rangeTestFile } from '../../services/experimentName.ts';
import { activeExperiment, findExperiments, readExperiment, saveExperiment } from '../../services/experiments.ts';
import { openProblem } from '../../services/problems.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { canResumeSweep, trialSets } from '../../services/sweepResults.ts';

/** `ASR: Train`, from the palette, a CodeLens, the Explorer or a title bar (which pass the file). */
export async function train(services: Services, resource: unknown): Promise<void> {
  const uri = resource instanceof vscode.Uri ? resource : await chooseExperiment();
  if (!uri) return;
  await saveExperiment(uri);
  const experiment = await checkExperiment(uri);
  if (!experiment) return;
  const runsFolder = path.join(path.dirname(uri.fsPath), 'runs');
  await services.runs.refresh(runsFolder);
  const going = services.runs.list.find(
    (run) => run.active && path.resolve(run.configFile) === path.resolve(uri.fsPath),
  );
  const invocation: Invocation = { command: 'train', config: uri.fsPath };
  if (going) {
    const choice = await askAboutGoing(going);
    if (!choice) return;
    if (choice === 'follow') return followRun(services, going);
    // A directory of its own makes it another task: VS Code runs one task only once at a time.
    invocation.runDir = path.join(runsFolder, runDirectoryName(experiment.name, Date.now()));
  }
  await startTask(services, invocation, uri);
}

/** `ASR: Range Test`: tries learning rates on the experiment's data, in a task. */
export async function testRange(services: Services, resource: unknown): Promise<void> {
  const uri = resource instanceof vscode.Uri ? resource : await chooseExperiment();
  if (!uri) return;
  await saveExperiment(uri);
  if (!(await checkExperiment(uri))) return;
  const args = ['--out', rangeTestFile(uri.fsPath)];
  const execution = await startTask(services, { command: 'range-test', config: uri.fsPath, args }, uri);
  const ended = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution !== execution) return;
    ended.dispose();
    const showFigure: CommandId = 'asr.showFigure';
    if (event.exitCode === 0) void vscode.commands.executeCommand(showFigure, uri, 'rangeTest');
  });
}

/** Goes on with a run from its last checkpoint; one that already goes on, perhaps from another window, is followed. */
export async function resumeRun(services: Services, run: Run): Promise<void> {
  await services.runs.refresh(path.dirname(run.directory));
  const going = services.runs.list.find((other) => other.directory === run.directory)?.active;
  if (going) return followRun(services, run);
  const sweep = services.sweeps.of(run);
  const resumeSweep: CommandId = 'asr.resumeSweep';
  if (sweep && (sweep.active || canResumeSweep(sweep)))
    return void (await vscode.commands.executeCommand(resumeSweep, sweep.directory));
  const set = trialSetsOf(services, run);
  const invocation: Invocation = {
    ...{ command: 'train', config: run.configFile, runDir: run.directory, resume: true },
    ...(set.length > 0 ? { set } : {}),
  };
  await startTask(services, invocation, vscode.Uri.file(run.configFile));
}

/** Goes on in a new run, from the newest checkpoint at or before the step; the old run stays as it is. */
export async function trainFrom(services: Services, directory: string, step: number): Promise<void> {
  const run = services.runs.list.find((other) => other.directory === directory);
  if (!run) throw new UserError(`${directory}: this run is not there any more.`);
  if (!vscode.workspace.isTrusted) throw new UserError('Training runs only in a trusted workspace.');
  const set = trialSetsOf(services, run);
  const invocation: Invocation = {
    ...{ command: 'train', config: run.configFile, from: directory, fromStep: step },
    ...(set.length > 0 ? { set } : {}),
  };
  await startTask(services, invocation, vscode.Uri.file(run.configFile));
}

/** What a trial of a sweep changed of its experiment, as `key=value`. */
function trialSetsOf({ sweeps }: Services, run: Run): string[] {
  const sweep = sweeps.of(run);
  const trial = sweep?.record.trials.find(({ number }) => number === run.sweep?.trial);
  return sweep && trial ? trialSets(sweep.record, trial.values) : [];
}

/** Shows the output of a run that goes on; the terminal can be closed without ending it. */
export async function followRun(services: Services, run: Run): Promise<void> {
  await startTask(services, { command: 'train', attach: run.directory }, vscode.Uri.file(run.directory));
}

async function startTask(services: Services, invocation: Invocation, uri: vscode.Uri): Promise<vscode.TaskExecution> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const place = folder ?? vscode.TaskScope.Workspace;
  const config = folder && invocation.config ? path.relative(folder.uri.fsPath, invocation.config) : invocation.config;
  return vscode.tasks.executeTask(createTask({ ...invocation, ...(config ? { config } : {}) }, place, services));
}

async function chooseExperiment(): Promise<vscode.Uri | undefined> {
  const active = activeExperiment();
  if (active) return active;
  const found = await findExperiments();
  if (found.length === 1) return found[0];
  if (found.length === 0) {
    await offerNewExperiment();
    return undefined;
  }
  const items = found.map((uri) => ({
    label: path.basename(uri.path).replace(/\.asr\.ya?ml$/, ''),
    description: vscode.workspace.asRelativePath(uri),
    uri,
  }));
  const placeHolder = 'Experiment to train';
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.uri;
}

async function offerNewExperiment(): Promise<void> {
  const create = 'New Experiment';
  const choice = await vscode.window.showInformationMessage(
    'There is no experiment (*.asr.yaml) in this folder yet. One can be written for the recordings in it.',
    create,
  );
  const command: CommandId = 'asr.newExperiment';
  if (choice === create) await vscode.commands.executeCommand(command);
}

/** The same parser as the squiggles; an error stops here, at its place in the file. */
async function checkExperiment(uri: vscode.Uri): Promise<Experiment | undefined> {
  const { checkExperimentText } = await import('../../services/experimentText.ts');
  const { experiment, problems } = checkExperimentText(await readExperiment(uri), uri.fsPath);
  if (experiment) return experiment;
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  if (!first) throw new Error(`${uri.fsPath}: no experiment and no error`);
  await openProblem(first, uri);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const choice = await vscode.window.showErrorMessage(
    `${path.basename(uri.fsPath)} has an error in line ${first.line ?? 1}: ${first.message}${more}`,
    'Show Problems',
  );
  if (choice) await vscode.commands.executeCommand('workbench.actions.view.problems');
  return undefined;
}

async function askAboutGoing(run: Run): Promise<'follow' | 'another' | undefined> {
  if (!vscode.workspace.isTrusted) throw new UserError('Training runs only in a trusted workspace.');
  const choice = await vscode.window.showQuickPick(
    [
      { label: '$(eye) Follow it', detail: 'Shows its output in a terminal', answer: 'follow' as const },
      { label: '$(add) Start another run', detail: 'Both run at the same time', answer: 'another' as const },
    ],
    { placeHolder: `A run of "${run.name}" is going on` },
  );
  return choice?.answer;
}
