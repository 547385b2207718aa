// Prepares a fresh clone. Runs on plain Node 20 before anything is installed, so it uses Node's own modules only.
//   node scripts/setup.mjs          npm packages and bundles
//   node scripts/setup.mjs test     also Chromium, Open MPI, MPICH and strace (Debian), a real VS Code (code-server from npm), TensorBoard and Python's onnx and onnxruntime for the tests
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'asr-workbench');
const codeServerVersion = '4.139.1';
const codeServer = join(cache, 'code-server');

/** The environment of a child: this project's Node first, npm quiet and without telemetry of its own. */
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  ONNXRUNTIME_NODE_INSTALL: 'skip',
};

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}

function run(command, args, cwd = root) {
  console.error(`setup: ${[command, ...args].join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd, env: environment, stdio: ['ignore', 2, 2] });
  if (error || status !== 0)
    fail(`${command} ${args[0] ?? ''} failed${error ? `: ${error.message}` : ` with status ${status}`}`);
}

function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.asr-lock-hash');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

function installDebian(commands) {
  const missing = Object.entries(commands).filter(([command]) => spawnSync('which', [command]).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  const mend = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || spawnSync('which', ['apt-get']).status !== 0)
    fail(`missing programs: ${missing.map(([command]) => command).join(', ')}. As root, run: ${mend}`);
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...packages]);
}

/** code-server is VS Code itself; its optional native modules need a compiler, the tests do not need them. */
function installCodeServer() {
  const manifest = join(codeServer, 'node_modules', 'code-server', 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === codeServerVersion) return;
  const fresh = `${codeServer}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  run('npm', [
    'install',
    '--prefix',
    fresh,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `code-server@${codeServerVersion}`,
  ]);
  run(
    'npm',
    ['install', '--omit=dev', '--ignore-scripts', '--force', '--no-audit', '--no-fund'],
    join(fresh, 'node_modules', 'code-server', 'lib', 'vscode'),
  );
  rmSync(codeServer, { recursive: true, force: true });
  renameSync(fresh, codeServer);
}

/** Python packages in an environment of their own. Tests that need them say so and are left out where they cannot be had. */
function installPython(name, modules, packages) {
  const folder = join(cache, name);
  if (hasModules(folder, modules) || makeEnvironment(folder, 'python3', [], packages)) return;
  if (name === 'onnx' && installFromDebian(folder, modules)) return;
  console.error(`setup: ${packages.join(' and ')} cannot be installed here; the tests with it are left out`);
}

const hasModules = (folder, modules) =>
  spawnSync(join(folder, 'bin', 'python'), ['-c', `import ${modules}`]).status === 0;

function makeEnvironment(folder, python, options, packages) {
  rmSync(folder, { recursive: true, force: true });
  if (spawnSync(python, ['-m', 'venv', ...options, folder]).status !== 0) return false;
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '0', ...packages];
  console.error(`setup: ${['python3', ...pip].join(' ')}`);
  return spawnSync(join(folder, 'bin', 'python'), pip, { timeout: 300_000 }).status === 0;
}

/** Where pip has no onnx, Debian's checker with pip's onnxruntime; it knows opsets up to 17. */
function installFromDebian(folder, modules) {
  const install = ['install', '-y', '--no-install-recommends', 'python3-onnx'];
  if (process.getuid?.() !== 0 || spawnSync('apt-get', install, { timeout: 300_000 }).status !== 0) return false;
  makeEnvironment(folder, '/usr/bin/python3', ['--system-site-packages'], ['onnxruntime']);
  return hasModules(folder, modules);
}

if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or newer is needed, this is ${process.version}`);
installPackages();
if (process.argv[2] === 'test') {
  installDebian({
    chromium: 'chromium',
    'mpirun.openmpi': 'openmpi-bin',
    'mpirun.mpich': 'mpich',
    strace: 'strace',
  });
  installCodeServer();
  installPython('tensorboard', 'tensorboard', ['tensorboard==2.21.0']);
  installPython('onnx', 'onnx, onnxruntime', ['onnx==1.23.1', 'onnxruntime==1.30.0']);
}
// Not this process's Node: a fresh clone starts on the machine's, and the bundler needs the project's.
run('node', [join(root, 'esbuild.mjs')]);
