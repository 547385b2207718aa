import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import type { Server, Servers } from './servers.ts';

/** Ends a server once what it does is done. */
export async function stopServing(servers: Servers): Promise<void> {
  const server = await chooseServer(servers, 'Server to stop');
  if (!server) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Stopping to serve ${server.name}` },
    () => servers.stop(server),
  );
}

/** The only server, or the one that is chosen; throws a UserError when there is none. */
export async function chooseServer({ list }: Servers, placeHolder: string): Promise<Server | undefined> {
  if (list.length === 0) throw new UserError('No model is being served from here.');
  if (list.length === 1) return list[0];
  const items = list.map((server) => ({ label: server.name, description: server.address, server }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.server;
}
