import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { sweepDirectoryName, sweepFiles } from '../../../shared/run/layout.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Services } from '../../services/services.ts';
import { checkedExperiment, start } from './startSweep.ts';

const standardMembers = 3;

/** `ASR: Train Ensemble`: the same experiment with other seeds; its models are compared together when all are trained. */
export async function startEnsemble(
  services: Services,
  resource: unknown,
  members: unknown,
): Promise<string | undefined> {
  const chosen = await checkedExperiment(resource, 'Experiment to train several times');
  if (!chosen) return undefined;
  const count = typeof members === 'number' ? members : await askMembers();
  if (count === undefined) return undefined;
  const { uri, experiment } = chosen;
  const runs = path.join(path.dirname(uri.fsPath), 'runs');
  const directory = path.join(runs, sweepDirectoryName(experiment.name, Date.now()));
  const execution = await start(
    services,
    uri,
    'ensemble',
    ['--members', String(count), '--sweep-dir', directory],
    runs,
  );
  const ended = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution !== execution) return;
    ended.dispose();
    if (event.exitCode === 0) void services.edge.guard('The ensemble', () => announce(experiment.name, directory));
  });
  return directory;
}

async function askMembers(): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: 'Train Ensemble',
    prompt: 'Number of models, each with a seed of its own; they are trained one after another',
    value: String(standardMembers),
    validateInput: (text) => (/^\s*([2-9]|[12]\d|3[0-2])\s*$/.test(text) ? undefined : 'A whole number from 2 to 32'),
  });
  return answer === undefined ? undefined : Number(answer);
}

interface Result {
  model: string;
  wer: number;
}

/** All models together against the best of them alone, on the first manifest. */
async function announce(name: string, directory: string): Promise<void> {
  const file = vscode.Uri.file(path.join(directory, sweepFiles.ensemble));
  const { models, results } = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) as {
    models: string[];
    results: { combined: Result[] }[];
  };
  const combined = results[0]!.combined;
  const alone = combined.slice(0, models.length).map(({ wer }) => wer);
  const together = combined.slice(models.length).map(({ model, wer }) => `${model} ${formatPercent(wer)}`);
  const [table, details] = ['Show Table', 'Show Result'];
  const choice = await vscode.window.showInformationMessage(
    `The ensemble of "${name}" is done: WER ${together.join(', ')}; the best model alone ${formatPercent(Math.min(...alone))}.`,
    table,
    details,
  );
  const showSweep: CommandId = 'asr.showSweep';
  if (choice === table) await vscode.commands.executeCommand(showSweep, directory);
  else if (choice === details) await vscode.window.showTextDocument(file);
}
