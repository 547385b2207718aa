import * as path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../../shared/run/layout.ts';
import { runsViewId } from '../../../shared/runContributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import { renderRunTooltip } from '../../services/runLabels.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { experimentKey, sortRuns } from './runOrder.ts';
import { fileIn, type Row, renderExperimentRow, renderRunRow, renderSweepRow } from './runRows.ts';

/** Numbers that nobody can read faster need not be drawn faster. */
const redrawMs = 500;
const noteLimit = 400;

/** The list of runs in a view container of its own. */
export function showRunsTree(scope: Scope, services: Services): vscode.TreeView<Row> {
  const { runs, sweeps } = services;
  const changed = scope.add(new vscode.EventEmitter<Row | undefined>());
  const rows = createRows();
  let ready: Promise<unknown> | undefined;
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    async getChildren(parent) {
      // Before the first look an empty list would claim that there is nothing.
      ready ??= services.edge.quiet('Looking at runs', () => (runs.list.length > 0 ? undefined : runs.refresh()));
      await ready;
      return rows.under(parent, sortRuns(runs.list));
    },
    getParent: (row) => rows.parentOf(row, runs.list),
    getTreeItem(row) {
      if (row.kind === 'sweep') {
        const sweep = sweeps.list.find(({ directory }) => directory === row.directory);
        return renderSweepRow(row.directory, rows.ofSweep(row.directory, runs.list), sweep);
      }
      if (row.kind === 'experiment') return renderExperimentRow(row, rows.ofExperiment(row.key, runs.list));
      const run = runs.list.find((other) => other.directory === row.directory);
      if (!run) return new vscode.TreeItem('');
      return renderRunRow(run, rows.ofExperiment(experimentKey(run), runs.list), vscode.env.language);
    },
    async resolveTreeItem(item, row) {
      const run = row.kind === 'run' ? runs.list.find((other) => other.directory === row.directory) : undefined;
      if (run) item.tooltip = await renderTooltip(run);
      return item;
    },
  };
  const view = scope.add(
    vscode.window.createTreeView(runsViewId, {
      treeDataProvider: provider,
      canSelectMany: true,
      showCollapseAll: true,
    }),
  );
  redrawAsRunsChange(scope, services, view, (directory) =>
    changed.fire(directory === undefined ? undefined : rows.rowOf(directory)),
  );
  return view;
}

/** Rows are the same objects from one look to the next, so that one of them can be redrawn. */
function createRows() {
  const known = new Map<string, Row>();
  const rowOf = (directory: string): Row => {
    const row = known.get(directory) ?? { kind: 'run', directory };
    known.set(directory, row);
    return row;
  };
  const experimentOf = (run: Run): Row => {
    const key = experimentKey(run);
    const row = known.get(key) ?? { kind: 'experiment', key, name: run.experiment };
    known.set(key, row);
    return row;
  };
  const grouped = (runs: readonly Run[]) => new Set(runs.map(experimentKey)).size > 1;
  const ofExperiment = (key: string, runs: readonly Run[]) => runs.filter((run) => experimentKey(run) === key);
  const sweepOf = (run: Run): Row | undefined => {
    const directory = sweepDirectoryOf(run);
    if (directory === undefined) return undefined;
    const row = known.get(directory) ?? { kind: 'sweep', directory };
    known.set(directory, row);
    return row;
  };
  const ofSweep = (directory: string, runs: readonly Run[]) =>
    runs
      .filter((run) => sweepDirectoryOf(run) === directory)
      .sort((a, b) => (a.sweep?.trial ?? 0) - (b.sweep?.trial ?? 0));
  /** Trials stand under their sweep, which stands where the first of them would. */
  const withSweeps = (runs: readonly Run[]) => [...new Set(runs.map((run) => sweepOf(run) ?? rowOf(run.directory)))];
  return {
    rowOf,
    ofExperiment,
    ofSweep,
    under(parent: Row | undefined, runs: readonly Run[]): Row[] {
      if (parent?.kind === 'run') return [];
      if (parent?.kind === 'sweep') return ofSweep(parent.directory, runs).map((run) => rowOf(run.directory));
      if (parent) return withSweeps(ofExperiment(parent.key, runs));
      return grouped(runs) ? [...new Set(runs.map(experimentOf))] : withSweeps(runs);
    },
    parentOf(row: Row, runs: readonly Run[]): Row | undefined {
      if (row.kind === 'experiment') return undefined;
      const run =
        row.kind === 'run' ? runs.find((other) => other.directory === row.directory) : ofSweep(row.directory, runs)[0];
      const sweep = run && row.kind === 'run' ? sweepOf(run) : undefined;
      return sweep ?? (run && grouped(runs) ? experimentOf(run) : undefined);
    },
  };
}

const sweepDirectoryOf = ({ directory, sweep }: Run): string | undefined =>
  sweep && path.join(path.dirname(directory), sweep.name);

/** One row where its figures change, all of them where their order may; nothing while the view is hidden. */
function redrawAsRunsChange(
  scope: Scope,
  { runs, sweeps }: Services,
  view: vscode.TreeView<Row>,
  redraw: (directory?: string) => void,
): void {
  const waiting = new Set<string>();
  const wasActive = new Map<string, boolean>();
  let all = false;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (!view.visible) return;
    if (all) redraw();
    else for (const directory of waiting) redraw(directory);
    all = false;
    waiting.clear();
    const experiments = new Set(runs.list.map((run) => run.experiment));
    view.title = experiments.size === 1 ? `Runs of ${[...experiments].join()}` : 'Runs';
    const active = runs.list.filter((run) => run.active).length;
    view.badge = active > 0 ? { value: active, tooltip: `${active} training` } : undefined;
  };
  const soon = () => {
    timer ??= setTimeout(flush, redrawMs);
  };
  scope.add(() => clearTimeout(timer));
  scope.add(
    runs.onDidChange(({ run }) => {
      if (wasActive.get(run.directory) !== run.active) all = true;
      wasActive.set(run.directory, run.active);
      waiting.add(run.directory);
      soon();
    }),
  );
  const redrawAll = () => {
    all = true;
    soon();
  };
  scope.add(runs.onDidChangeList(redrawAll));
  scope.add(sweeps.onDidChange(redrawAll));
  scope.add(view.onDidChangeVisibility(({ visible }) => visible && soon()));
}

async function renderTooltip(run: Run): Promise<string> {
  const note = await vscode.workspace.fs.readFile(fileIn(run, runFiles.note)).then(
    (bytes) => new TextDecoder().decode(bytes).trim(),
    () => '',
  );
  const shown = note.length > noteLimit ? `${note.slice(0, noteLimit)}…` : note;
  return [renderRunTooltip(run), ...(shown ? [shown] : [])].join('\n\n');
}
