import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { findLockOwner } from '../../src/training/run/lock.ts';
import { launcherFile } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asr launcher '));
  started = [];
  writeToneConfig(folder, 100_000);
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  const run = runDirectory();
  const owner = run && findLockOwner(run);
  if (owner) process.kill(owner.pid, 'SIGKILL');
  await until(() => !run || !findLockOwner(run));
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

function launch(...argumentList: string[]): {
  child: ChildProcess;
  output(): string;
  exitCode: Promise<number | null>;
} {
  const child = spawn(process.execPath, [launcherFile, '--output-folder', join(folder, 'out'), ...argumentList], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (bytes) => (text += bytes));
  return { child, output: () => text, exitCode: new Promise((done) => child.once('exit', done)) };
}

function runDirectory(): string | undefined {
  const runs = join(folder, 'runs');
  const name = existsSync(runs) ? readdirSync(runs)[0] : undefined;
  return name && join(runs, name);
}

function events(): EngineEvent[] {
  const run = runDirectory();
  const file = run && join(run, 'events.jsonl');
  return file && existsSync(file) ? parseEventLines(readFileSync(file, 'utf8')).events : [];
}
const steps = () => events().filter((event) => event.kind === 'step').length;

async function until(met: () => boolean, timeoutMs = 90_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${met}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('launcher', { timeout: 300_000 }, () => {
  for (const name of ['SIGHUP', 'SIGTERM'] as const)
    test(`${name} ends the launcher and leaves the run alone; another attaches, and Ctrl-C stops it`, async () => {
      const first = launch('--', 'train', 'tones.asr.yaml');
      await until(() => steps() > 2);
      const owner = findLockOwner(runDirectory()!)!;
      first.child.kill(name);
      expect(await first.exitCode).toBe(0);
      const before = steps();
      await until(() => steps() > before + 3);
      expect(findLockOwner(runDirectory()!)).toEqual(owner);

      const second = launch('--attach', runDirectory()!);
      await until(() => /epoch \d+\/100000 · step/.test(second.output()));
      await until(() => /Z epoch \d+\/100000: loss/.test(second.output()));
      second.child.kill('SIGINT');
      expect(await second.exitCode).toBe(130);
      expect(events().at(-1)).toMatchObject({ kind: 'finished', reason: 'stopped' });
      expect(findLockOwner(runDirectory()!)).toBeUndefined();
    });

  test('a terminal whose output is gone ends the launcher, not the run', async () => {
    const { child, exitCode } = launch('--', 'train', 'tones.asr.yaml');
    await until(() => steps() > 2);
    child.stdout!.destroy();
    child.stderr!.destroy();
    expect(await exitCode).toBe(0);
    const before = steps();
    await until(() => steps() > before + 3);
  });

  test('Ctrl-C stops between steps with a checkpoint; the engine has no part in the terminal', async () => {
    const { child, exitCode, output } = launch('--', 'train', 'tones.asr.yaml');
    await until(() => steps() > 2);
    child.kill('SIGINT');
    expect(await exitCode).toBe(130);
    expect(output()).toContain('stopping after this step');
    expect(
      events()
        .slice(-2)
        .map((event) => event.kind),
    ).toEqual(['checkpoint', 'finished']);
    expect(readdirSync(join(folder, 'out'))).toEqual([]);
  });

  test('a second Ctrl-C does not wait', async () => {
    const { child, exitCode } = launch('--', 'train', 'tones.asr.yaml');
    await until(() => steps() > 2);
    const owner = findLockOwner(runDirectory()!)!;
    process.kill(owner.pid, 'SIGSTOP');
    child.kill('SIGINT');
    await new Promise((done) => setTimeout(done, 400));
    child.kill('SIGINT');
    expect(await exitCode).toBe(137);
  });

  test('errors come through with their exit code', async () => {
    writeFileSync(join(folder, 'bad.asr.yaml'), 'name: bad\nepochs: 3\n');
    const bad = launch('--', 'train', 'bad.asr.yaml');
    expect(await bad.exitCode).toBe(1);
    expect(bad.output()).toMatch(/bad\.asr\.yaml:2:1: error config-key: unknown key "epochs"/);
    const none = launch('--attach', folder);
    expect(await none.exitCode).toBe(1);
    expect(none.output()).toContain('no process works on this run');
  });
});
