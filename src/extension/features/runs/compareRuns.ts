import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { runFiles } from '../../../shared/run/layout.ts';
import type { Scope } from '../../../shared/scope.ts';
import { givenRuns, pickItems } from '../../services/runChoice.ts';
import type { Run, Runs } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { type DifferingKey, renderComparison } from './renderComparison.ts';
import { experimentKey, labelOf } from './runOrder.ts';
import { fileIn } from './runRows.ts';

const scheme = 'asr-comparison';

/** Comparisons are documents that are never written; one that is open is what the runs say when it is read. */
export function provideComparisons(scope: Scope, { runs }: Services): void {
  scope.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      async provideTextDocumentContent(uri) {
        const directories = JSON.parse(uri.query) as string[];
        const compared = directories.flatMap((directory) => runs.list.find((run) => run.directory === directory) ?? []);
        return compared.length < directories.length
          ? 'One of these runs is not in the workspace any more.\n'
          : renderRuns(compared, runs);
      },
    }),
  );
}

/** `ASR: Compare Runs`: results and changed keys side by side; of two runs also the configs as a diff. */
export async function compareRuns({ runs }: Services, given: unknown, selection: unknown): Promise<void> {
  let chosen = await givenRuns(runs, given, selection);
  if (chosen.length < 2) chosen = await pickOthers(runs, chosen[0]);
  if (chosen.length === 0) return;
  if (chosen.length < 2) throw new UserError('Choose two runs or more to compare.');
  // The older one on the left, as in any diff.
  chosen = [...chosen].sort((a, b) => a.createdMs - b.createdMs);
  const [first, second] = chosen;
  const title = (run: Run) => path.basename(run.directory);
  if (chosen.length === 2)
    await vscode.commands.executeCommand(
      'vscode.diff',
      fileIn(first!, runFiles.config),
      fileIn(second!, runFiles.config),
      `${title(first!)} ↔ ${title(second!)}`,
      { preview: false },
    );
  const uri = vscode.Uri.from({
    scheme,
    path: '/comparison.md',
    query: JSON.stringify(chosen.map((run) => run.directory)),
  });
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

async function pickOthers(runs: Runs, first: Run | undefined): Promise<Run[]> {
  const items = pickItems(runs.list.filter((run) => run.directory !== first?.directory));
  const placeHolder = first ? `Runs to compare "${first.name}" with` : 'Runs to compare';
  const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true, matchOnDetail: true });
  if (!picked || picked.length === 0) return [];
  return [...(first ? [first] : []), ...picked.map(({ run }) => run)];
}

async function renderRuns(compared: readonly Run[], runs: Runs): Promise<string> {
  const labelled = compared.map((run) => ({
    label: nameOf(run, runs.list),
    directory: run.directory,
    state: run.state,
    model: run.model,
  }));
  return renderComparison(labelled, await findDifferences(compared));
}

/** As the list calls it, with the experiment. */
function nameOf(run: Run, all: readonly Run[]): string {
  const siblings = all.filter((other) => experimentKey(other) === experimentKey(run));
  const label = labelOf(run, siblings, vscode.env.language);
  return label === run.name ? label : `${run.name} ${label}`;
}

/** Undefined when a config cannot be read. */
async function findDifferences(compared: readonly Run[]): Promise<DifferingKey[] | undefined> {
  const { differingKeys, resolvedKeys } = await import('../../services/experimentText.ts');
  const configs = await Promise.all(
    compared.map(async (run) => {
      const text = await fs.readFile(path.join(run.directory, runFiles.config), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : resolvedKeys(text, run.directory);
    }),
  );
  const known = configs.filter((config) => config !== undefined);
  return known.length === configs.length ? differingKeys(known) : undefined;
}
