import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseSweepRecord } from '../src/shared/sweep/sweepRecord.ts';
import { runEngine } from './faults/engineProcess.ts';
import { writeToneConfig } from './faults/toneCorpus.ts';
import { hashesOf } from './faults/wholeRun.ts';

const folder = mkdtempSync(join(tmpdir(), 'ensemble-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

interface Compared {
  model: string;
  wer: number;
}

it('trains a model for each seed, and compares them alone and together', async () => {
  const config = writeToneConfig(folder, 3, {
    seed: 7,
    augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } },
    optimizer: { learningRate: 0.02 },
    training: { epochs: 3, batchSeconds: 1, threads: 1 },
  });
  const directory = join(folder, 'runs', 'together');
  const call = ['ensemble', config, '--sweep-dir', directory, '--json'];
  const { code, stdout, stderr } = await runEngine(...call, '--members', '2');
  expect(code, stderr).toBe(0);
  const { models, results } = JSON.parse(stdout) as {
    models: string[];
    results: { manifest: string; wer: number; combined: Compared[] }[];
  };
  const record = parseSweepRecord(readFileSync(join(directory, 'sweep.json'), 'utf8'))!;
  expect(record.trials.map(({ values, state }) => [values, state])).toEqual([
    [['7'], 'done'],
    [['8'], 'done'],
  ]);
  expect(hashesOf(models[0]!)).not.toEqual(hashesOf(models[1]!));
  const [onDev] = results;
  expect(onDev!.manifest).toBe(join(folder, 'dev.jsonl'));
  expect(onDev!.combined.map(({ model }) => model.replace(/.*\/runs\//, '').replace(/\/.*/, ''))).toEqual([
    ...record.trials.map(({ run }) => run),
    'average of the log-probabilities',
    'ROVER of the transcripts',
  ]);
  // A model alone is scored as its own run was.
  expect(onDev!.combined.slice(0, 2).map(({ wer }) => wer)).toEqual(record.trials.map(({ wer }) => wer));
  expect(onDev!.wer).toBe(onDev!.combined.at(-1)!.wer);
  expect(JSON.parse(readFileSync(join(directory, 'ensemble.json'), 'utf8'))).toEqual({ models, results });
  const again = await runEngine(...call, '--resume');
  expect(again.code, again.stderr).toBe(0);
  const withoutTimes = (text: string) => text.replace(/"realTimeFactor":[\d.e-]+/g, '').replace(/"date":"[^"]*"/g, '');
  expect(withoutTimes(again.stdout)).toBe(withoutTimes(stdout));
  expect((await runEngine(...call, '--resume', '--members', '3')).stderr).toContain('leave out --members');
}, 240_000);
