import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseStepBatch } from '../../shared/run/batchLines.ts';
import { findStepBatch } from '../../shared/run/findStepBatch.ts';
import { withFile } from '../data/fileSource.ts';
import { openBatchLog } from './batchLog.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batches-'));
  file = join(directory, 'batches.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const never = (message: string) => expect.unreachable(message);
const steps = () =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => parseStepBatch(line)?.step ?? []);
const find = (step: number) => withFile(file, (source) => findStepBatch(source, step));
const write = (epoch: number, first: number, last: number) => {
  const log = openBatchLog(file, never);
  for (let step = first; step <= last; step++) log.write({ step, epoch, utterances: [] });
  return log;
};

it('holds lines back for a second, or until a checkpoint', async () => {
  const log = write(0, 1, 2);
  expect(steps()).toEqual([]);
  log.flush();
  expect(steps()).toEqual([1, 2]);
  log.write({ step: 3, epoch: 0, utterances: [] });
  await expect.poll(steps, { timeout: 10_000 }).toEqual([1, 2, 3]);
  log.close();
});

it('cuts what a crash tore, and the lines of a resumed run count', async () => {
  write(0, 1, 9).close();
  appendFileSync(file, '{"step":10,"start":0,"ep');
  write(1, 5, 6).close();
  expect(steps()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 5, 6]);
  expect((await find(4))?.epoch).toBe(0);
  expect((await find(5))?.epoch).toBe(1);
  expect(await find(7)).toBeUndefined();
});

it.skipIf(process.platform !== 'linux')('tells once that the disk is full, and does not end', () => {
  const messages: string[] = [];
  const log = openBatchLog('/dev/full', (message) => messages.push(message));
  for (const step of [1, 2]) {
    log.write({ step, epoch: 0, utterances: [] });
    log.flush();
  }
  log.close();
  expect(messages).toEqual([expect.stringMatching(/which utterances each step took cannot be written: ENOSPC/)]);
});

it('takes few bytes', () => {
  const log = openBatchLog(file, never);
  const utterance = {
    manifest: '/data/corpus/train.jsonl',
    line: 12345,
    durationSec: 12.345,
    frames: 1234,
    tokens: 180,
  };
  const utterances = Array.from({ length: 16 }, (_, i) => ({
    ...{ audioFilepath: `wav/speaker12/utterance${i}.wav`, ...utterance },
    ...{ loss: 123.45, gradientShare: 0.01234 },
  }));
  log.write({ step: 1, epoch: 0, utterances });
  log.close();
  expect(statSync(file).size).toBeLessThan(16 * 180);
});
