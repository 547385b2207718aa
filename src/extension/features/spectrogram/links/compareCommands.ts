import * as path from 'node:path';
import * as vscode from 'vscode';
import { recordingGlob, spectrogramViewType } from '../../../../shared/contributions.ts';
import { UserError } from '../../../../shared/problem.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import type { LinkGroups, LinkMember } from './linkGroups.ts';

interface LinkableView {
  readonly panel: vscode.WebviewPanel;
  readonly uri: vscode.Uri;
  readonly link: LinkMember;
}

export interface OpenViews {
  readonly all: Iterable<LinkableView>;
  active(): LinkableView | undefined;
  readonly groups: LinkGroups;
}

const openWithinMs = 10_000;
const mostListed = 5000;

/** Opens recordings side by side, with one time for both. */
export function registerCompareCommands(scope: Scope, { edge }: Services, views: OpenViews): void {
  edge.registerCommand(scope, 'asr.compareRecordings', 'Comparing', async (clicked: unknown, selected: unknown) => {
    const chosen = urisOf(selected).length > 1 ? urisOf(selected) : urisOf([clicked]);
    if (chosen.length > 2) throw new UserError('Two recordings can be compared; select two.');
    const first = chosen[0] ?? views.active()?.uri ?? (await pickRecording('Compare which recording?'));
    if (!first) return;
    const second = chosen[1] ?? (await pickRecording(`Compare ${nameOf(first)} with…`, first));
    if (second) await openLinked(first, second, views);
  });
  edge.registerCommand(scope, 'asr.comparePictures', 'Comparing', async (clicked: unknown) => {
    const uri = urisOf([clicked])[0] ?? views.active()?.uri ?? (await pickRecording('Show which recording twice?'));
    if (uri) await openLinked(uri, uri, views);
  });
}

/** The second one in a group of its own, beside the first. */
async function openLinked(first: vscode.Uri, second: vscode.Uri, views: OpenViews): Promise<void> {
  const active = views.active();
  const left = active && isSame(active.uri, first) ? active : await openView(first, vscode.ViewColumn.Active, views);
  const right = await openView(second, vscode.ViewColumn.Beside, views, left);
  views.groups.link([left.link, right.link]);
}

async function openView(
  uri: vscode.Uri,
  viewColumn: vscode.ViewColumn,
  views: OpenViews,
  apart?: LinkableView,
): Promise<LinkableView> {
  await vscode.commands.executeCommand('vscode.openWith', uri, spectrogramViewType, { viewColumn });
  const deadline = performance.now() + openWithinMs;
  while (performance.now() < deadline) {
    const view = [...views.all].find((one) => one !== apart && one.panel.active && isSame(one.uri, uri));
    if (view) return view;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new UserError(`${nameOf(uri)} was not opened in time; try again.`);
}

interface RecordingItem extends vscode.QuickPickItem {
  uri?: vscode.Uri;
}

/** Those of the workspace, those beside `apart` first, or any file. */
async function pickRecording(placeHolder: string, apart?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(recordingGlob, '{**/node_modules/**,**/.git/**}', mostListed);
  const folder = apart && path.posix.dirname(apart.path);
  const near = (uri: vscode.Uri) => (path.posix.dirname(uri.path) === folder ? 0 : 1);
  const items: RecordingItem[] = found
    .filter((uri) => !apart || !isSame(uri, apart))
    .sort((a, b) => near(a) - near(b) || (a.path < b.path ? -1 : 1))
    .map((uri) => ({ uri, label: nameOf(uri), description: vscode.workspace.asRelativePath(uri) }));
  const browse: RecordingItem = { label: '$(folder-opened) Other File…', alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...items, browse], { placeHolder, matchOnDescription: true });
  if (picked !== browse) return picked?.uri;
  const [file] =
    (await vscode.window.showOpenDialog({ title: placeHolder, ...(apart ? { defaultUri: apart } : {}) })) ?? [];
  return file;
}

const nameOf = (uri: vscode.Uri) => path.posix.basename(uri.path);
const isSame = (a: vscode.Uri, b: vscode.Uri) => a.toString() === b.toString();
const urisOf = (values: unknown): vscode.Uri[] =>
  Array.isArray(values) ? values.filter((value): value is vscode.Uri => value instanceof vscode.Uri) : [];
