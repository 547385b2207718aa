import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Servers } from './servers.ts';

/** Shows at the bottom of the window what is being served. */
export function showServers(scope: Scope, servers: Servers): void {
  const item = scope.add(vscode.window.createStatusBarItem('asr.server', vscode.StatusBarAlignment.Left, 49));
  const command: CommandId = 'asr.showServer';
  item.name = 'ASR Server';
  item.command = command;
  const update = () => {
    const { list } = servers;
    if (list.length === 0) return item.hide();
    const what = list.length === 1 ? list[0]!.name : `${list.length} models`;
    item.text = `$(broadcast) ${what}`;
    item.tooltip = list.map(({ name, address }) => `${name} is served at ${address}`).join('\n');
    item.accessibilityInformation = { label: `Serving ${what}` };
    item.show();
  };
  scope.add(servers.onDidChange(update));
  update();
}
