import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import type { Services } from '../../services/services.ts';
import { pickServedModel } from './pickServedModel.ts';
import { announceServer } from './serverActions.ts';
import type { Server, Servers } from './servers.ts';

/** Serves a run or exported model that is given or chosen; one that is served already is only shown. */
export async function serveModel(services: Services, servers: Servers, given: unknown): Promise<Server | undefined> {
  if (!vscode.workspace.isTrusted) throw new UserError('Models are served only in a trusted workspace.');
  const model = modelOf(given) ?? (await chooseModel(services));
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

/** From a menu the resource, from another command a path. */
function modelOf(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.fsPath;
  return typeof given === 'string' ? given : undefined;
}

async function chooseModel({ runs }: Services): Promise<string | undefined> {
  const latest = await runs.findModel();
  const choice = await pickServedModel(runs.list, latest);
  if (choice !== 'train') return choice;
  const command: CommandId = 'asr.train';
  await vscode.commands.executeCommand(command);
  return undefined;
}
