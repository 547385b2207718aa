import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';

/** A real VS Code, served by code-server on the loopback address, with a profile of its own. */
export interface Server {
  /** Holds everything the server writes; removed by `stop`. */
  root: string;
  userData: string;
  extensions: string;
  authority: string;
  readLog(): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  settings?: Record<string, unknown>;
  /** Lets a page name the extension and the tests to run; it suppresses notification toasts, so not for UI tests. */
  driver?: boolean;
  /** Extension packages to install before the start. */
  vsix?: string[];
  /** Folder of an extension to use as it is, without packing it. */
  develop?: string;
  /** Leaves Workspace Trust on, to test Restricted Mode. */
  workspaceTrust?: boolean;
  extraArguments?: string[];
}

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'workbench.enableExperiments': false,
  'json.schemaDownload.enable': false,
  'files.hotExit': 'off',
  'window.restoreWindows': 'none',
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'terminal.integrated.gpuAcceleration': 'off',
};

/** Where `npm run setup` put code-server, or what CODE_SERVER_ENTRY names. */
export function findCodeServer(): string | undefined {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'asr-workbench');
  const candidates = [
    process.env.CODE_SERVER_ENTRY,
    path.join(cache, 'code-server/node_modules/code-server/out/node/entry.js'),
  ];
  return candidates.find((candidate) => candidate !== undefined && fs.existsSync(candidate));
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const entry = findCodeServer();
  if (!entry) throw new Error('code-server is not installed: run `npm run setup`');
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-vscode-'));
  const userData = path.join(root, 'user-data');
  const extensions = path.join(root, 'extensions');
  const logFile = path.join(root, 'server.log');
  fs.mkdirSync(path.join(userData, 'User'), { recursive: true });
  fs.mkdirSync(extensions, { recursive: true });
  const settings = {
    ...quietSettings,
    'security.workspace.trust.enabled': options.workspaceTrust === true,
    ...options.settings,
  };
  fs.writeFileSync(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings));
  fs.writeFileSync(path.join(root, 'config.yaml'), 'auth: none\n');
  const places = [
    '--config',
    path.join(root, 'config.yaml'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensions,
  ];
  for (const vsix of options.vsix ?? []) await installExtension(entry, places, vsix, logFile);
  if (options.develop) linkExtension(extensions, options.develop);

  const authority = `127.0.0.1:${await findFreePort()}`;
  const quiet = [
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--ignore-last-opened',
  ];
  const child = spawnNode(
    [
      entry,
      ...places,
      ...['--auth', 'none', '--bind-addr', authority],
      ...quiet,
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(options.driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
      ...(options.extraArguments ?? []),
    ],
    logFile,
  );
  const readLog = () => fs.readFileSync(logFile, 'utf8');
  const stop = async () => {
    await endGroup(child);
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitUntilHealthy(child, authority);
  } catch (error) {
    const log = readLog();
    await stop();
    throw new Error(`code-server did not start: ${log}`, { cause: error });
  }
  return { root, userData, extensions, authority, readLog, stop };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A process group of its own, so that `endGroup` takes the extension hosts along. */
function spawnNode(argumentList: string[], logFile: string): ChildProcess {
  const log = fs.openSync(logFile, 'a');
  // A surrounding VS Code, npm or debugger must not leak into the server.
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS|CODE_SERVER|npm_)/.test(key),
  );
  const environment = {
    ...Object.fromEntries(inherited),
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
  const child = spawn(process.execPath, argumentList, {
    env: environment,
    stdio: ['ignore', log, log],
    detached: true,
  });
  fs.closeSync(log);
  return child;
}

async function installExtension(entry: string, places: string[], vsix: string, logFile: string): Promise<void> {
  const child = spawnNode([entry, ...places, '--install-extension', vsix, '--force'], logFile);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`could not install ${vsix}: ${fs.readFileSync(logFile, 'utf8')}`);
}

/** Beside installed ones VS Code takes only what its list names. */
function linkExtension(extensions: string, folder: string): void {
  const name = path.basename(folder);
  const location = path.join(extensions, name);
  fs.symlinkSync(folder, location, 'dir');
  const list = path.join(extensions, 'extensions.json');
  if (!fs.existsSync(list)) return;
  const { publisher, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, path: location, scheme: 'file' },
    relativeLocation: name,
  };
  fs.writeFileSync(list, JSON.stringify([...JSON.parse(fs.readFileSync(list, 'utf8')), entry]));
}

async function waitUntilHealthy(child: ChildProcess, authority: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error('not healthy after 60 s');
    const answer = await fetch(`http://${authority}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // The group is gone.
    }
  };
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    signal('SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
  signal('SIGKILL');
}
