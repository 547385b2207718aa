import { randomBytes, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ContextKey, Invocation } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { isNumber, isString, object } from '../../../shared/protocol/check.ts';
import type { Scope } from '../../../shared/scope.ts';
import { createTask } from '../../services/engineTask.ts';
import type { Services } from '../../services/services.ts';

/** A server that was started here, in this window or before it was reloaded. */
export interface Server {
  /** What it serves, as a path. */
  model: string;
  name: string;
  /** By which it is reached from where the user sits. */
  address: string;
  /** Holds the token, for this user alone. */
  tokenFile: string;
  /** Of its process, once it listens. */
  pid: number;
}

export interface Servers {
  readonly list: readonly Server[];
  readonly onDidChange: vscode.Event<void>;
  /** Starts one in a task; resolves once it listens. Throws a UserError when it ends before, CancellationError. */
  start(model: string, token: vscode.CancellationToken): Promise<Server>;
  /** Lets what runs there finish, and waits for its end. */
  stop(server: Server): Promise<void>;
}

const memoryKey = 'servers';
const pollMs = 2000;
const startPollMs = 150;
const drainMs = 8000;
const isReady = object({ url: isString, pid: isNumber });
const isServer = object({
  ...{ model: isString, name: isString, address: isString, tokenFile: isString, pid: isNumber },
});

/** Keeps track of servers by the file that each keeps while it listens, so that a reloaded window finds them again. */
export function createServers(scope: Scope, services: Services): Servers {
  const { memory, edge } = services;
  const changed = scope.add(new vscode.EventEmitter<void>());
  const remembered = memory.get<unknown>(memoryKey, []);
  let list: Server[] = Array.isArray(remembered) ? remembered.filter(isServer) : [];
  const update = async (next: Server[]) => {
    for (const gone of list.filter((server) => !next.includes(server))) forget(gone);
    list = next;
    const key: ContextKey = 'asr.serving';
    await vscode.commands.executeCommand('setContext', key, list.length > 0);
    await memory.update(memoryKey, list);
    changed.fire();
  };
  const look = async () => {
    const living = list.filter(isAlive);
    if (living.length < list.length) await update(living);
  };
  if (list.length > 0) void edge.quiet('Looking at servers', () => update(list.filter(isAlive)));
  const timer = setInterval(() => {
    if (list.length > 0) void edge.quiet('Looking at servers', look);
  }, pollMs);
  scope.add(() => clearInterval(timer));
  scope.add(vscode.tasks.onDidEndTaskProcess(() => void edge.quiet('Looking at servers', look)));

  return {
    get list() {
      return list;
    },
    onDidChange: changed.event,
    async start(model, token) {
      const server = await launch(services, model, token);
      await update([...list, server]);
      return server;
    },
    async stop(server) {
      signal(server.pid, 'SIGTERM');
      const deadlineMs = performance.now() + drainMs;
      while (isAlive(server)) {
        if (performance.now() > deadlineMs) signal(server.pid, 'SIGKILL');
        await wait(startPollMs);
      }
      await look();
    },
  };
}

const readyFileOf = ({ tokenFile }: Pick<Server, 'tokenFile'>) => path.join(path.dirname(tokenFile), 'ready.json');
const isAlive = (server: Server): boolean => signal(server.pid, 0) && fs.existsSync(readyFileOf(server));
const forget = ({ tokenFile }: Server) => fs.rmSync(path.dirname(tokenFile), { recursive: true, force: true });
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

async function launch(services: Services, model: string, token: vscode.CancellationToken): Promise<Server> {
  const parent = path.join((services.storageUri ?? services.logUri).fsPath, 'servers');
  const folder = path.join(parent, randomUUID());
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const tokenFile = path.join(folder, 'token');
  const readyFile = readyFileOf({ tokenFile });
  try {
    fs.writeFileSync(tokenFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const port = await freePort();
    const outside = await vscode.env.asExternalUri(vscode.Uri.parse(`http://127.0.0.1:${port}`));
    const host = outside.authority.replace(/:\d+$/, '');
    const local = /^(localhost|127\.0\.0\.1)$/i.test(host);
    const args = ['--port', String(port), '--token-file', tokenFile, '--ready-file', readyFile];
    // The name that VS Code itself gives the user for this machine.
    if (!local) args.push('--allow-host', host);
    const invocation: Invocation = { command: 'serve', model, args };
    const folderOfModel = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model));
    const task = createTask(invocation, folderOfModel ?? vscode.TaskScope.Workspace, services);
    const { pid } = await untilReady(await vscode.tasks.executeTask(task), readyFile, token);
    const address = outside.toString(true).replace(/\/$/, '');
    return { model, name: path.basename(model), address, tokenFile, pid };
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function untilReady(
  execution: vscode.TaskExecution,
  readyFile: string,
  token: vscode.CancellationToken,
): Promise<{ pid: number }> {
  let ended = false;
  const subscription = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution === execution) ended = true;
  });
  try {
    for (;;) {
      if (fs.existsSync(readyFile)) {
        const ready: unknown = JSON.parse(fs.readFileSync(readyFile, 'utf8'));
        if (!isReady(ready)) throw new Error('asr serve said in an unknown form that it is ready');
        return ready;
      }
      if (ended) throw new UserError('The server ended before it was ready; its terminal says why.');
      if (token.isCancellationRequested) {
        execution.terminate();
        throw new vscode.CancellationError();
      }
      await wait(startPollMs);
    }
  } finally {
    subscription.dispose();
  }
}

/** One that nobody listens on; the address must be known before the server starts. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
