import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import { chooseModel, givenModel } from '../../services/chooseModel.ts';
import type { Services } from '../../services/services.ts';
import { announceServer } from './serverActions.ts';
import type { Server, Servers } from './servers.ts';

/** Serves a run or exported model that is given or chosen; one that is served already is only shown. */
export async function serveModel(services: Services, servers: Servers, given: unknown): Promise<Server | undefined> {
  if (!vscode.workspace.isTrusted) throw new UserError('Models are served only in a trusted workspace.');
  const model = givenModel(given) ?? (await chooseModel(services, 'Serve Model'));
  if (model === undefined) return undefined;
  const name = path.basename(model);
  const server =
    servers.list.find((other) => other.model === model) ??
    (await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Starting to serve ${name}`, cancellable: true },
      (_, token) => servers.start(model, token),
    ));
  void services.edge.guard('The server', () => announceServer(servers, server));
  return server;
}
