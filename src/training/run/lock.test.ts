import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireLock, findLockOwner } from './lock.ts';

let directory: string;
const lockFile = () => join(directory, 'lock');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A process that takes the lock, says so, and waits to be ended. */
async function otherProcess(below?: string): Promise<{ pid: number; says: string; end(): Promise<void> }> {
  const module = new URL('./lock.ts', import.meta.url).href;
  const program =
    `import(${JSON.stringify(module)}).then(({ acquireLock }) => { try { acquireLock(${JSON.stringify(directory)}); ` +
    `process.stdout.write('taken'); setInterval(() => {}, 1000); } catch (error) { process.stdout.write(error.message); } });`;
  const command = [...(below === undefined ? [] : ['sh', '-c', below, 'sh']), process.execPath, '-e', program];
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    pid: child.pid!,
    says: chunk.toString(),
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

describe('acquireLock', () => {
  it('refuses a second writer by name and lets it in after release', async () => {
    const lock = acquireLock(directory);
    const second = await otherProcess();
    expect(second.says).toContain(`process ${process.pid}`);
    await second.end();
    lock.release();
    const third = await otherProcess();
    expect(third.says).toBe('taken');
    expect(() => acquireLock(directory)).toThrow(`process ${third.pid}`);
    expect(findLockOwner(directory)?.pid).toBe(third.pid);
    await third.end();
  });

  it('frees the lock of a killed process at once', async () => {
    const other = await otherProcess();
    await other.end();
    expect(existsSync(lockFile())).toBe(true);
    expect(findLockOwner(directory)).toBeUndefined();
    const startMs = performance.now();
    acquireLock(directory).release();
    expect(performance.now() - startMs).toBeLessThan(5000);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'frees the lock of a killed process that nobody has asked after',
    async () => {
      // sleep takes the shell's place, and never asks how its child ended.
      const parent = await otherProcess('"$@" & exec sleep 60');
      const owner = findLockOwner(directory)!;
      process.kill(owner.pid, 'SIGKILL');
      await vi.waitFor(() => expect(readFileSync(`/proc/${owner.pid}/stat`, 'utf8')).toContain(') Z '));
      acquireLock(directory).release();
      await parent.end();
    },
  );

  it('frees a lock whose process id was given to another process, or that is from before a reboot', () => {
    const lock = acquireLock(directory);
    const mine = JSON.parse(readFileSync(lockFile(), 'utf8')) as { startTime: string; bootId: string };
    lock.release();
    for (const stale of [
      { ...mine, startTime: '1' },
      { ...mine, bootId: 'another' },
    ]) {
      writeFileSync(lockFile(), JSON.stringify(stale));
      acquireLock(directory).release();
    }
    expect(existsSync(lockFile())).toBe(false);
  });

  it('leaves a stale lock to the process that is removing it, unless that one has died', async () => {
    const other = await otherProcess();
    const alive = readFileSync(lockFile(), 'utf8');
    const stale = JSON.stringify({ ...JSON.parse(alive), startTime: '1' });
    writeFileSync(lockFile(), stale);
    writeFileSync(`${lockFile()}.breaking`, alive);
    expect(() => acquireLock(directory)).toThrow('is writing this run');
    expect(readFileSync(lockFile(), 'utf8')).toBe(stale);
    await other.end();
    acquireLock(directory).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('never takes the lock of another machine, and says what to do', () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, startTime: '1', bootId: 'b', host: `not-${hostname()}` }));
    expect(() => acquireLock(directory)).toThrow(/not-.*delete/);
  });

  it('frees a lock that is no lock', () => {
    writeFileSync(lockFile(), '');
    acquireLock(directory).release();
  });
});
