import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { readZip } from './readZip.ts';

const root = join(import.meta.dirname, '..');
const target = `${process.platform}-${process.arch}`;
const vsix = join(root, 'out', `asr-workbench-${target}.vsix`);
const unpacked = join(root, 'out', 'vsix');
const maxBytes = 20 * 1024 * 1024;

function run(command: string, args: string[]): string {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}\n${stdout}`);
  return stdout;
}

/** Builds for production, packs the vsix of this platform, compares its list with the golden one and runs the packed engine. */
function packageVsix(): void {
  mkdirSync(dirname(vsix), { recursive: true });
  run('node', ['esbuild.mjs', '--production']);
  run('vsce', ['package', '--no-dependencies', '--target', target, '--out', vsix, '--allow-missing-repository']);

  rmSync(unpacked, { recursive: true, force: true });
  const entries = readZip(readFileSync(vsix));
  for (const { name, data } of entries) {
    const file = join(unpacked, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
  }
  const names = entries.map(({ name }) => name).sort();
  const golden = join(root, 'test', `vsix-${target}.golden.txt`);
  if (process.argv.includes('--update')) writeFileSync(golden, `${names.join('\n')}\n`);
  const wanted = readFileSync(golden, 'utf8').trim().split('\n');
  const difference = [
    ...names.filter((name) => !wanted.includes(name)).map((name) => `+ ${name}`),
    ...wanted.filter((name) => !names.includes(name)).map((name) => `- ${name}`),
  ];
  if (difference.length > 0)
    throw new Error(`the vsix differs from ${golden} (accept with --update):\n${difference.join('\n')}`);
  const { size } = statSync(vsix);
  if (size > maxBytes) throw new Error(`the vsix has ${size} bytes, more than ${maxBytes}`);

  const selftest = run(process.execPath, [join(unpacked, 'extension', 'dist', 'engine.js'), 'selftest']);
  console.log(selftest.trim());
  console.log(
    `${vsix}: ${(size / 2 ** 20).toFixed(1)} MB, ${names.length} files; the packed engine passes its selftest`,
  );
}

packageVsix();
