import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent, StepDone } from '../../shared/run/events.ts';
import { followRun, type RunFollower } from './runFollower.ts';

let directory: string;
let events: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'asr-run-'));
  events = join(directory, 'events.jsonl');
  await writeFile(join(directory, 'run.json'), JSON.stringify({ version: 1, name: 'digits', createdMs: 1 }));
});
afterEach(() => rm(directory, { recursive: true }));

const step = (number: number): StepDone => ({
  kind: 'step',
  step: number,
  timeMs: 1000 + number,
  epoch: 1,
  loss: 10 / number,
  learningRate: 1e-3,
  gradientNorm: 1,
  audioSec: 8,
  durationMs: 100,
  waitMs: 1,
  paddingShare: 0.1,
  utterances: 4,
});
const lines = (...list: EngineEvent[]) => list.map(renderEvent).join('');
const follow = async (): Promise<RunFollower> => (await followRun(directory))!;

test('a directory without a record is no run', async () => {
  await rm(join(directory, 'run.json'));
  expect(await followRun(directory)).toBeUndefined();
});

test('takes whole lines as they come and keeps a partial one for later', async () => {
  const run = await follow();
  expect(await run.poll()).toEqual([]);
  const [first, second] = [lines(step(1)), lines(step(2))];
  await writeFile(events, first + second.slice(0, 20));
  expect((await run.poll()).map((event) => event.step)).toEqual([1]);
  expect(await run.poll()).toEqual([]);
  await appendFile(events, second.slice(20));
  expect((await run.poll()).map((event) => event.step)).toEqual([2]);
  expect(run.model.step).toBe(2);
  expect(run.model.lastStep?.loss).toBe(5);
});

test('a torn line that a resumed run cuts off counts for nothing', async () => {
  const run = await follow();
  const whole = lines(step(1), step(2));
  await writeFile(events, `${whole}{"kind":"step","st`);
  await run.poll();
  await truncate(events, whole.length);
  await appendFile(events, lines({ kind: 'resumed', step: 1, timeMs: 5000, epoch: 1 }, step(2), step(3)));
  expect((await run.poll()).map((event) => event.kind)).toEqual(['resumed', 'step', 'step']);
  expect([...run.model.history, ...run.model.recent].map((point) => point.lastStep)).toEqual([1, 2, 3]);
});

test('reads a long log in blocks and a line longer than a block', async () => {
  const many = Array.from({ length: 8000 }, (_, index) => step(index + 1));
  const long: EngineEvent = {
    kind: 'problem',
    step: 8000,
    timeMs: 9,
    severity: 'info',
    code: 'x',
    message: 'é'.repeat(2e6),
  };
  await writeFile(events, lines(...many, long, step(8001)));
  const run = await follow();
  expect(await run.poll()).toHaveLength(8002);
  expect(run.model.step).toBe(8001);
});

test('starts over when the log was replaced by a shorter one', async () => {
  const run = await follow();
  await writeFile(events, lines(step(1), step(2), step(3)));
  await run.poll();
  await writeFile(events, lines(step(1)));
  await run.poll();
  expect(run.model.step).toBe(1);
});

test('is alive as long as the process of the lock is', async () => {
  const run = await follow();
  const lock = join(directory, 'lock');
  await run.poll();
  expect(run.alive).toBe(false);
  await writeFile(lock, JSON.stringify({ pid: process.pid, startTime: null, bootId: null, host: hostname() }));
  await run.poll();
  expect(run.alive).toBe(true);
  // The same id, but of a process that started at another time.
  await writeFile(lock, JSON.stringify({ pid: process.pid, startTime: '1', bootId: null, host: hostname() }));
  await run.poll();
  expect(run.alive).toBe(false);
});
