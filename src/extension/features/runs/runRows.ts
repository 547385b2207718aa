import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { type RunTrait, renderSweepTraits, renderTraits } from '../../../shared/runContributions.ts';
import type { RunRow } from '../../services/runChoice.ts';
import { canContinue, canPause, canResume } from '../../services/runContext.ts';
import { iconOf, renderRow } from '../../services/runLabels.ts';
import type { Run } from '../../services/runs.ts';
import { renderSweepKeys, renderSweepStatus } from '../../services/sweepLabels.ts';
import { canResumeSweep, type Sweep } from '../../services/sweepResults.ts';
import { labelOf } from './runOrder.ts';

/** Runs of one experiment. */
export interface ExperimentRow {
  kind: 'experiment';
  key: string;
  name: string;
}
export interface ListedRun extends RunRow {
  kind: 'run';
}
/** The trials of one sweep, by its directory. */
export interface SweepRow {
  kind: 'sweep';
  directory: string;
}
export type Row = ExperimentRow | SweepRow | ListedRun;

export function renderExperimentRow({ name, key }: ExperimentRow, runs: readonly Run[]): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  const active = runs.filter((run) => run.active).length;
  item.id = key;
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.description = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${active > 0 ? `, ${active} active` : ''}`;
  item.contextValue = 'experiment';
  item.accessibilityInformation = { label: `Experiment ${name}, ${item.description}` };
  return item;
}

/** `sweep` is absent while it has not been looked at. */
export function renderSweepRow(directory: string, runs: readonly Run[], sweep: Sweep | undefined): vscode.TreeItem {
  const active = sweep?.active ?? runs.some((run) => run.active);
  const name = sweep ? `Sweep ${renderSweepKeys(sweep)}` : 'Sweep';
  const item = new vscode.TreeItem(
    name,
    active ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = directory;
  item.iconPath = new vscode.ThemeIcon('table');
  const status = sweep ? renderSweepStatus(sweep) : `${runs.length} trials`;
  item.description = active ? `${status} · running` : status;
  item.contextValue = renderSweepTraits([
    ...(active ? (['sweepActive'] as const) : []),
    ...(sweep && canResumeSweep(sweep) ? (['sweepResumable'] as const) : []),
  ]);
  item.tooltip = directory;
  item.accessibilityInformation = { label: `${name}, trials ${item.description}` };
  return item;
}

/** `siblings` are the runs of the same experiment, from which the label tells this one. */
export function renderRunRow(run: Run, siblings: readonly Run[], language: string): vscode.TreeItem {
  const item = new vscode.TreeItem(labelOf(run, siblings, language));
  item.id = run.directory;
  item.iconPath = new vscode.ThemeIcon(iconOf(run), colourOf(run));
  item.description = renderRow(run);
  item.contextValue = renderTraits(traitsOf(run));
  const command: CommandId = 'asr.openRun';
  // Whoever walks through the list stays in it.
  item.command = { command, title: 'Open Run', arguments: [{ directory: run.directory, preserveFocus: true }] };
  const name = item.label === run.name ? run.name : `${run.name} ${String(item.label)}`;
  item.accessibilityInformation = { label: `Run ${name}, ${run.state}, ${item.description}` };
  return item;
}

function traitsOf(run: Run): RunTrait[] {
  return [
    run.active ? 'active' : 'idle',
    ...(canPause(run) ? (['going'] as const) : []),
    ...(canContinue(run) ? (['paused'] as const) : []),
    ...(canResume(run) ? (['resumable'] as const) : []),
  ];
}

const colours: Partial<Record<Run['state'], string>> = {
  running: 'charts.blue',
  paused: 'charts.yellow',
  stopped: 'icon.foreground',
  done: 'testing.iconPassed',
  failed: 'testing.iconFailed',
  interrupted: 'list.warningForeground',
};

function colourOf({ alert, state }: Run): vscode.ThemeColor | undefined {
  const colour = alert ? 'list.errorForeground' : colours[state];
  return colour === undefined ? undefined : new vscode.ThemeColor(colour);
}

export const fileIn = (run: Pick<Run, 'directory'>, name: string): vscode.Uri =>
  vscode.Uri.file(path.join(run.directory, name));
