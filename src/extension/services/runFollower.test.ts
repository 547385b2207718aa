import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderAlert } from '../../shared/run/alert.ts';
import { renderDigest } from '../../shared/run/digest.ts';
import { renderEvent } from '../../shared/run/eventLines.ts';
import type { EngineEvent, StepDone } from '../../shared/run/events.ts';
import { createRunModel, reduceAll } from '../../shared/run/runModel.ts';
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
/** How many looks it took; a run that never catches up fails. */
async function pollToEnd(run: RunFollower): Promise<number> {
  for (let looks = 1; looks < 100; looks++) {
    await run.poll();
    if (run.caughtUp) return looks;
  }
  throw new Error('never caught up');
}
const follow = async (): Promise<RunFollower> => (await followRun(directory))!;

test('a directory without a record is no run', async () => {
  await rm(join(directory, 'run.json'));
  expect(await followRun(directory)).toBeUndefined();
});

test('history is in the model, and what is appended later comes as events', async () => {
  await writeFile(events, lines(step(1), step(2)));
  const run = await follow();
  expect(await run.poll()).toEqual({ events: [], reloaded: true });
  expect(run.caughtUp).toBe(true);
  expect(run.model.step).toBe(2);
  await appendFile(events, lines(step(3)));
  const { events: appended, reloaded } = await run.poll();
  expect([reloaded, appended.map((event) => event.step)]).toEqual([false, [3]]);
});

test('takes whole lines as they come and keeps a partial one for later', async () => {
  const run = await follow();
  const poll = async () => (await run.poll()).events;
  expect(await poll()).toEqual([]);
  const [first, second] = [lines(step(1)), lines(step(2))];
  await writeFile(events, first + second.slice(0, 20));
  expect((await poll()).map((event) => event.step)).toEqual([1]);
  expect(await poll()).toEqual([]);
  await appendFile(events, second.slice(20));
  expect((await poll()).map((event) => event.step)).toEqual([2]);
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
  expect((await run.poll()).events.map((event) => event.kind)).toEqual(['resumed', 'step', 'step']);
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
  await pollToEnd(run);
  expect(run.model.step).toBe(8001);
  expect(run.model.problemCount).toBe(1);
});

test('starts over when the log was replaced by a shorter one', async () => {
  const run = await follow();
  await writeFile(events, lines(step(1), step(2), step(3)));
  await run.poll();
  await writeFile(events, lines(step(1)));
  expect(await run.poll()).toEqual({ events: [], reloaded: true });
  expect(run.model.step).toBe(1);
});

test('a long history is read in pieces, and none of it is kept', async () => {
  const many = Array.from({ length: 50_000 }, (_, index) => step(index + 1));
  await writeFile(events, lines(...many));
  const run = await follow();
  expect((await run.poll()).events).toEqual([]);
  expect(run.caughtUp).toBe(false);
  await pollToEnd(run);
  expect(run.model.step).toBe(50_000);
});

describe('a digest', () => {
  const log = lines(step(1), step(2), step(3));
  const end = lines(step(1), step(2)).length;
  // Something the events do not give tells whether it was used.
  const digested = { ...reduceAll(createRunModel(), [step(1), step(2)]), resumes: 7 };
  const open = async (digest: string) => {
    await writeFile(events, log);
    await writeFile(join(directory, 'digest.json'), digest);
    const run = await follow();
    await run.poll();
    return run;
  };

  test('spares the reader what it covers', async () => {
    const run = await open(renderDigest(end, digested));
    expect([run.model.resumes, run.model.step]).toEqual([7, 3]);
    expect(run.model.recent.map((point) => point.lastStep)).toEqual([1, 2, 3]);
  });

  test.each([
    ['is torn', renderDigest(end, digested).slice(0, 200)],
    ['is of another form', renderDigest(end, digested).replace(/"version":\d+/, '"version":0')],
    ['is ahead of a log that was cut', renderDigest(log.length + 1, digested)],
    ['ends inside a line', renderDigest(end - 5, digested)],
    ['has no offset that could be', renderDigest(-1, digested)],
    ['is empty', ''],
  ])('that %s is not used', async (_, digest) => {
    const run = await open(digest);
    expect([run.model.resumes, run.model.step]).toEqual([0, 3]);
    expect(run.caughtUp).toBe(true);
  });
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
  // The same id and start time, but from before the machine was started anew.
  const stat = await readFile(`/proc/${process.pid}/stat`, 'utf8');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  for (const [id, alive] of [
    [bootId, true],
    ['another', false],
  ] as const) {
    await writeFile(lock, JSON.stringify({ pid: process.pid, startTime, bootId: id, host: hostname() }));
    await run.poll();
    expect(run.alive).toBe(alive);
  }
});

test('an alert is that of a live run, and goes with it', async () => {
  const lock = join(directory, 'lock');
  const held = JSON.stringify({ pid: process.pid, startTime: null, bootId: null, host: hostname() });
  const alert = { code: 'disk-full', message: 'no space left on the disk', sinceMs: 5 } as const;
  const run = await follow();
  await writeFile(join(directory, 'alert.json'), renderAlert(alert));
  await run.poll();
  expect(run.alert).toBeUndefined();
  await writeFile(lock, held);
  await run.poll();
  expect(run.alert).toEqual(alert);
  await writeFile(join(directory, 'alert.json'), renderAlert(undefined));
  await run.poll();
  expect(run.alert).toBeUndefined();
});

test('has the name that the user gives it, as long as there is one', async () => {
  const run = await follow();
  await run.poll();
  expect(run.name).toBe('digits');
  await writeFile(join(directory, 'name.txt'), '  with\u0007out noise \nsecond line\n');
  await run.poll();
  expect(run.name).toBe('without noise');
  await writeFile(join(directory, 'name.txt'), '\n');
  await run.poll();
  expect(run.name).toBe('digits');
});
