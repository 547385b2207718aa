import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EngineEvent } from '../shared/run/events.ts';
import { openEventLog } from '../training/run/eventLog.ts';
import { acquireLock } from '../training/run/lock.ts';
import { createRun, listRuns } from '../training/run/runDirectory.ts';
import { runFields } from './runFields.ts';
import { runRow } from './runRow.ts';

let directory: string;
const run = () => join(directory, 'run');
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rows-'));
  const record = { engine: '1', name: 'tones', configFile: 'x', command: [], createdMs: 5 };
  await createRun(run(), '', record);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const row = () => runRow(listRuns(directory)[0]!);
function tell(...events: EngineEvent[]): void {
  const log = openEventLog(join(run(), 'events.jsonl'));
  for (const event of events) log.write(event);
  log.close();
}
const step = (n: number): EngineEvent => ({
  kind: 'step',
  step: n,
  timeMs: 100 * n,
  epoch: 1,
  loss: n / 2,
  learningRate: 0.1,
  gradientNorm: 1,
  audioSec: 30,
  durationMs: 500,
  waitMs: 1,
  paddingShare: 0,
  utterances: 8,
});

it('says all of a run that was killed', () => {
  tell(
    {
      kind: 'problem',
      step: 0,
      timeMs: 6,
      severity: 'error',
      code: 'audio-missing',
      message: 'gone',
      file: 'a',
      line: 3,
    },
    { kind: 'problem', step: 0, timeMs: 7, severity: 'warning', code: 'oov', message: 'ü' },
    step(1),
    { kind: 'resumed', step: 1, timeMs: 200, epoch: 1 },
    step(2),
  );
  writeFileSync(join(run(), 'note.md'), 'with more dropout');
  expect(row()).toEqual({
    ...Object.fromEntries(Object.keys(runFields).map((key) => [key, null])),
    directory: run(),
    name: 'tones',
    state: 'interrupted',
    createdMs: 5,
    updatedMs: 200,
    epoch: 2,
    step: 2,
    loss: 1,
    audioSecPerSec: 60,
    resumes: 1,
    problems: 2,
    lastProblem: { severity: 'warning', code: 'oov', message: 'ü' },
    note: true,
  });
});

it('tells a run that is held from one that failed', () => {
  const lock = acquireLock(run());
  expect(row()).toMatchObject({ state: 'starting', pid: process.pid, note: false, audioSecPerSec: null });
  lock.release();
  expect(row()).toMatchObject({ state: 'interrupted', pid: null });
  tell({ kind: 'finished', step: 0, timeMs: 9, reason: 'failed', message: 'no data', durationMs: 1 });
  expect(row()).toMatchObject({ state: 'failed', message: 'no data' });
});
