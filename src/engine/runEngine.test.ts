import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commands, renderHelp } from './commandTable.ts';
import { runEngine } from './runEngine.ts';
import { createTerminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function call(...argv: string[]) {
  const written = { out: '', error: '' };
  const logged: string[] = [];
  const terminal = createTerminal(
    argv.includes('--json'),
    { out: { write: (text) => (written.out += text) }, error: { write: (text) => (written.error += text) } },
    () => 0,
  );
  const code = await runEngine(argv, terminal, (file, text) => logged.push(file, text));
  return { code, ...written, logged };
}

test('help names every command, and each command its options', async () => {
  const { code, out } = await call('--help');
  expect(code).toBe(0);
  for (const name of Object.keys(commands)) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  for (const [name, { options }] of Object.entries(commands)) {
    const help = (await call(name, '--help')).out;
    expect(help).toBe(`${renderHelp(name)}\n`);
    for (const option of Object.keys(options)) expect(help).toContain(`--${option}`);
  }
  expect((await call('help', 'lint')).out).toContain('Usage: asr lint <config or data…>');
});

test('every row of the table loads a command', async () => {
  for (const { load } of Object.values(commands)) expect(typeof (await load()).run).toBe('function');
});

test('the version is that of package.json', async () => {
  const { code, out } = await call('--version');
  expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test.each([
  [[], 1, ''],
  [['trian'], 1, 'asr: there is no command "trian"; did you mean "train"?\n'],
  [['constructor'], 1, 'asr: there is no command "constructor"; known are '],
  [['--json', 'lint'], 1, 'asr: the command comes first: asr <command> --json'],
  [['lint'], 1, 'asr: lint needs <config or data…>'],
  [['lint', '/nowhere/x.asr.yaml'], 1, 'asr: config /nowhere/x.asr.yaml: there is no such file\n'],
  [['train', '/'], 1, 'asr: config /: it is a folder\n'],
])('%j ends with %i', async (argv, code, error) => {
  const result = await call(...argv);
  expect(result.code).toBe(code);
  expect(result.error.startsWith(error)).toBe(true);
  expect(result.error).not.toContain('    at ');
});

test('with --json an error is one document too', async () => {
  const { out, code } = await call('lint', '/nowhere/x.asr.yaml', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({ error: { message: expect.stringContaining('no such file') }, problems: [] });
});

test('problems are printed as path:line:col', async () => {
  const file = join(folder, 'bad.asr.yaml');
  writeFileSync(file, 'data: { train: [a] }\nfeaturs: {}\n');
  const { code, error, out } = await call('lint', file, '--json');
  expect(code).toBe(1);
  expect(error).toContain(`${file}:2:1: error config-key: unknown key "featurs"; did you mean "features"?\n`);
  expect(JSON.parse(out)).toMatchObject([{ code: 'config-key', line: 2, column: 1, endColumn: 8, file }]);
});

test('a bug shows its stack, is kept in the log, and ends with 2', async () => {
  const command = commands.runs as { load: unknown };
  const { load } = command;
  command.load = () =>
    Promise.resolve({
      run: (_: unknown, terminal: { logFile: string }) => {
        terminal.logFile = 'run/log.txt';
        throw new TypeError('x is not a function');
      },
    });
  try {
    const { code, error, logged, out } = await call('runs', '--json');
    expect(code).toBe(2);
    expect(error).toMatch(/this is a bug\nTypeError: x is not a function\n {4}at /);
    expect(error).toContain('log: run/log.txt');
    expect(logged).toEqual(['run/log.txt', expect.stringContaining('    at ')]);
    expect(JSON.parse(out)).toEqual({ error: { message: 'bug: x is not a function' }, problems: [] });
  } finally {
    command.load = load;
  }
});

test.skipIf(!existsSync('/dev/full'))('what the machine refuses is no bug, wherever it happens', async () => {
  const command = commands.runs as { load: unknown };
  const { load } = command;
  command.load = () => Promise.resolve({ run: () => writeFileSync('/dev/full', 'x') });
  try {
    const { code, error } = await call('runs');
    expect([code, error]).toEqual([1, 'asr: the disk is full\n']);
  } finally {
    command.load = load;
  }
});

test('as a process: exit codes, and a closed pipe is no error', () => {
  const main = join(import.meta.dirname, 'main.ts');
  const run = (command: string) => spawnSync('bash', ['-c', `set -o pipefail; ${command}`], { encoding: 'utf8' });
  expect(run(`"${process.execPath}" "${main}" --version`).status).toBe(0);
  expect(run(`"${process.execPath}" "${main}" lnt`).status).toBe(1);
  expect(run(`"${process.execPath}" "${main}" --help | head -c 1`).status).toBe(0);
});
