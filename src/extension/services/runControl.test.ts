import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Control, watchControl } from '../../training/run/controlFile.ts';
import { requestOf } from './runControl.ts';

let directory: string;
let engine: (Control & { dispose(): void }) | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'asr-control-'));
  const owner = { pid: process.pid, startTime: null, bootId: null, host: hostname() };
  await writeFile(join(directory, 'lock'), JSON.stringify(owner));
});
afterEach(async () => {
  engine?.dispose();
  engine = undefined;
  await rm(directory, { recursive: true });
});

test('requests one upon the other all reach the engine, in their order', async () => {
  engine = watchControl(directory);
  await requestOf(directory, 'pause');
  await requestOf(directory, 'checkpoint');
  await requestOf(directory, 'profile');
  await expect.poll(() => engine!.takeProfileRequest()).toBe(true);
  expect([engine.paused, engine.takeCheckpointRequest()]).toEqual([true, true]);
});

test('two windows that ask at once do not overwrite each other', async () => {
  engine = watchControl(directory);
  await Promise.all([requestOf(directory, 'pause'), requestOf(directory, 'checkpoint')]);
  await expect.poll(() => engine!.paused).toBe(true);
  await expect.poll(() => engine!.takeCheckpointRequest()).toBe(true);
  expect(await readdir(directory)).toEqual(['lock']);
});

test('an engine that takes nothing is told of, and the request before stays', async () => {
  await requestOf(directory, 'pause');
  await expect(requestOf(directory, 'stop', 100)).rejects.toThrow(
    'not yet taken the request before this one ("pause")',
  );
  expect(await readFile(join(directory, 'control.json'), 'utf8')).toContain('pause');
  expect(await readdir(directory)).toEqual(['control.json', 'lock']);
});

test('what asks for nothing is replaced', async () => {
  await writeFile(join(directory, 'control.json'), '{"request": "fly"}');
  await requestOf(directory, 'stop', 100);
  expect(await readFile(join(directory, 'control.json'), 'utf8')).toContain('stop');
});

test('a run that nobody works on is not asked', async () => {
  await rm(join(directory, 'lock'));
  await expect(requestOf(directory, 'stop')).rejects.toThrow('no process works on this run');
  expect(await readdir(directory)).toEqual([]);
});
