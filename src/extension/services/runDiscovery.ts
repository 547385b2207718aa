import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../shared/run/layout.ts';
import type { Scope } from '../../shared/scope.ts';
import { followRun, type RunFollower } from './runFollower.ts';

/** Runs of a folder before the newest so many are left alone: nothing may scale with how long it has been used. */
const watchedRuns = 100;

/** Takes up new runs and forgets deleted ones. True when there were any. */
export async function discoverRuns(parents: Iterable<string>, followers: Map<string, RunFollower>): Promise<boolean> {
  const found = new Set((await Promise.all([...parents].map(listNewest))).flat());
  let changed = false;
  for (const directory of found) {
    if (followers.has(directory)) continue;
    const follower = await followRun(directory);
    if (!follower) continue;
    followers.set(directory, follower);
    changed = true;
  }
  for (const directory of [...followers.keys()]) if (!found.has(directory)) changed = followers.delete(directory);
  return changed;
}

/** The `runs/` directories of the workspace, and those at its roots even where they are not there yet. */
export async function findRunParents(): Promise<string[]> {
  const roots = (vscode.workspace.workspaceFolders ?? [])
    .map(({ uri }) => uri)
    .filter(({ scheme }) => scheme === 'file');
  if (roots.length === 0) return [];
  const records = await vscode.workspace.findFiles(`**/runs/*/${runFiles.record}`, '**/node_modules/**', 2000);
  const found = records.filter((uri) => uri.scheme === 'file').map(parentOf);
  return [...roots.map((root) => path.join(root.fsPath, 'runs')), ...found];
}

/** Calls with the `runs/` directory in which a run has appeared or gone. */
export function watchForRuns(scope: Scope, found: (parent: string) => void): void {
  const watch = (pattern: string, parent: (uri: vscode.Uri) => string) => {
    const watcher = scope.add(vscode.workspace.createFileSystemWatcher(pattern, false, true));
    const seen = (uri: vscode.Uri) => {
      if (uri.scheme === 'file') found(parent(uri));
    };
    scope.add(watcher.onDidCreate(seen));
    scope.add(watcher.onDidDelete(seen));
  };
  watch(`**/runs/*/${runFiles.record}`, parentOf);
  // What is made inside a new directory before it is watched is never told.
  watch('**/runs', (uri) => uri.fsPath);
}

const parentOf = (record: vscode.Uri): string => path.dirname(path.dirname(record.fsPath));

async function listNewest(parent: string): Promise<string[]> {
  const entries = await fs.promises.readdir(parent, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  // Names end with the time, so those of one experiment sort by age; across experiments the ending decides.
  const age = (name: string) => /\d{8}T\d{6}Z(-\d+)?$/.exec(name)?.[0] ?? '';
  names.sort((a, b) => (age(a) < age(b) ? 1 : age(a) > age(b) ? -1 : 0));
  return names.slice(0, watchedRuns).map((name) => path.join(parent, name));
}
