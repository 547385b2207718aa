import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { times } from './faultTimes.ts';
import type { TakerCall } from './lockTaker.ts';

const rounds = times(20, 500);
const writers = 3;

let directory: string;
let children: ChildProcess[];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'writers-'));
  children = Array.from({ length: writers }, () => fork(join(import.meta.dirname, 'lockTaker.ts')));
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const ask = (call: TakerCall) =>
  Promise.all(
    children.map(async (child) => {
      const answer = once(child, 'message');
      child.send(call);
      return String((await answer)[0]);
    }),
  );

/** Locks that nobody holds any more: of a dead process, of another one with its id, of before a reboot, half-written. */
function staleLocks(): string[] {
  const { pid } = spawnSync('true');
  const stale = (owner: object) => JSON.stringify({ host: hostname(), ...owner });
  return [
    stale({ pid, startTime: '1', bootId: null }),
    stale({ pid: process.pid, startTime: '1', bootId: null }),
    stale({ pid: process.pid, startTime: '1', bootId: 'another' }),
    '{"pid": 1',
  ];
}

it(`row 11: of processes that take one run at the same time exactly one gets it, whatever was there (${rounds} times)`, async () => {
  const stale = staleLocks();
  for (let round = 0; round < rounds; round++) {
    const left = stale[round % (stale.length + 1)];
    if (left !== undefined) writeFileSync(join(directory, 'lock'), left);
    const startMs = performance.now();
    const answers = await ask({ directory, atMs: Date.now() + 20 });
    expect(performance.now() - startMs).toBeLessThan(5000);
    expect([round, answers.filter((answer) => answer === 'taken').length, answers.join()]).toEqual([
      round,
      1,
      expect.stringContaining('is writing this run'),
    ]);
    await ask('release');
    expect(readdirSync(directory)).toEqual([]);
  }
}, 300_000);
