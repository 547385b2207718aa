import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDeletable } from './deletableRun.ts';

let folder: string;
let run: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asr-delete-'));
  run = join(folder, 'runs', 'digits');
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'run.json'), JSON.stringify({ version: 1, name: 'digits', createdMs: 1 }));
});
afterEach(() => rm(folder, { recursive: true }));

test('a marked run that nobody works on may go', async () => {
  expect(await checkDeletable(run)).toBe(run);
});

test('a directory without our record stays', async () => {
  await writeFile(join(run, 'run.json'), '{"version": 1}');
  await expect(checkDeletable(run)).rejects.toThrow('is not known to be a run');
  await rm(join(run, 'run.json'));
  await expect(checkDeletable(run)).rejects.toThrow('is not known to be a run');
  await expect(checkDeletable(join(folder, 'runs'))).rejects.toThrow('does not lie in a folder named "runs"');
});

test('a run that goes on stays', async () => {
  const owner = { pid: process.pid, startTime: null, bootId: null, host: hostname() };
  await writeFile(join(run, 'lock'), JSON.stringify(owner));
  await expect(checkDeletable(run)).rejects.toThrow('training goes on in it');
});

test('links lead nowhere', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await rename(run, elsewhere);
  await symlink(elsewhere, run);
  await expect(checkDeletable(run)).rejects.toThrow('it is a link');
  // A `runs` that is itself a link to somewhere else.
  await rm(join(folder, 'runs'), { recursive: true });
  await symlink(folder, join(folder, 'runs'));
  await expect(checkDeletable(join(folder, 'runs', 'elsewhere'))).rejects.toThrow('folder named "runs"');
  await expect(checkDeletable(join(folder, 'gone'))).rejects.toThrow('not there any more');
  await expect(checkDeletable(join(folder, 'runs', 'elsewhere', 'run.json'))).rejects.toThrow('a link or a file');
});
