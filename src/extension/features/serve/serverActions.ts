import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { renderCurl } from './renderCurl.ts';
import type { Server, Servers } from './servers.ts';
import { chooseServer } from './stopServing.ts';

const actions = ['Copy Address', 'Copy Token', 'Copy curl', 'Stop'] as const;
type Action = (typeof actions)[number];

/** Tells where the server is, and what can be done with it. */
export async function announceServer(servers: Servers, server: Server): Promise<void> {
  const message = `${server.name} is served at ${server.address}`;
  const action = await vscode.window.showInformationMessage(message, ...actions);
  if (action) await act(servers, server, action);
}

/** The same as a list, from the status bar. */
export async function showServerActions(servers: Servers): Promise<void> {
  const server = await chooseServer(servers, 'Server to show');
  if (!server) return;
  const icons: Record<Action, string> = {
    'Copy Address': 'link',
    'Copy Token': 'key',
    'Copy curl': 'terminal',
    Stop: 'debug-stop',
  };
  const items = actions.map((action) => ({ label: `$(${icons[action]}) ${action}`, action }));
  const title = `${server.name} at ${server.address}`;
  const choice = await vscode.window.showQuickPick(items, { title });
  if (choice) await act(servers, server, choice.action);
}

async function act(servers: Servers, server: Server, action: Action): Promise<void> {
  if (action === 'Stop') return servers.stop(server);
  const token = () => fs.readFileSync(server.tokenFile, 'utf8');
  const texts = {
    'Copy Address': () => `${server.address}/v1`,
    'Copy Token': token,
    'Copy curl': () => renderCurl(server.address, token()),
  };
  await vscode.env.clipboard.writeText(texts[action]());
  vscode.window.setStatusBarMessage(`$(check) ${action.replace('Copy', 'Copied:')}`, 3000);
}
