import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { readZip } from './readZip.ts';
import { writeZip } from './writeZip.ts';

const root = join(import.meta.dirname, '..');
const target = `${process.platform}-${process.arch}`;
const vsix = join(root, 'out', `asr-workbench-${target}.vsix`);
const golden = join(root, 'test', `vsix-${target}.golden.txt`);
const maxBytes = 20 * 1024 * 1024;

/** Builds for production, packs the vsix of this platform, compares its list with the golden one and runs the packed engine. */
function packageVsix(): void {
  mkdirSync(dirname(vsix), { recursive: true });
  // Whoever installs it next must not get an older one.
  rmSync(vsix, { force: true });
  run('node', ['esbuild.mjs', '--production']);
  // The README's links lead to files of the repository, which the vsix does not hold.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  run('vsce', ['package', '--no-dependencies', '--target', target, '--out', vsix, ...links]);
  // Two per cent smaller, for twenty seconds.
  writeFileSync(vsix, writeZip(readZip(readFileSync(vsix))));

  // Far from this folder's node_modules, so that the engine runs on nothing but what is packed.
  const unpacked = mkdtempSync(join(tmpdir(), 'asr-vsix-'));
  try {
    const names = unpack(unpacked);
    compareWithGolden(names);
    const { size } = statSync(vsix);
    if (size > maxBytes) throw new Error(`the vsix has ${size} bytes, more than ${maxBytes}`);
    console.log(run(process.execPath, [join(unpacked, 'extension/dist/engine.js'), 'selftest'], unpacked).trim());
    console.log(
      `${vsix}: ${(size / 2 ** 20).toFixed(1)} MB, ${names.length} files; the packed engine passes its selftest`,
    );
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], cwd = root): string {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stdout}`);
  return stdout;
}

/** Names of the files in the vsix, sorted, each once. */
function unpack(folder: string): string[] {
  const entries = readZip(readFileSync(vsix));
  for (const { name, data } of entries) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
  }
  // Parts that bundles share are named by their content, so the list has them as one.
  const names = entries.map(({ name }) => name.replace(/\/chunk-[A-Z0-9]+\./, '/chunk-*.'));
  return [...new Set(names)].sort();
}

function compareWithGolden(names: string[]): void {
  if (process.argv.includes('--update')) writeFileSync(golden, `${names.join('\n')}\n`);
  if (!existsSync(golden)) throw new Error(`${golden} is missing: write it with --update`);
  const wanted = readFileSync(golden, 'utf8').trim().split('\n');
  const difference = [
    ...names.filter((name) => !wanted.includes(name)).map((name) => `+ ${name}`),
    ...wanted.filter((name) => !names.includes(name)).map((name) => `- ${name}`),
  ];
  if (difference.length > 0)
    throw new Error(`the vsix differs from ${golden} (accept with --update):\n${difference.join('\n')}`);
}

try {
  packageVsix();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
