import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRunRecord } from '../../src/shared/run/layout.ts';
import { parseSweepRecord, type SweepRecord } from '../../src/shared/sweep/sweepRecord.ts';
import { findLockOwner } from '../../src/training/run/lock.ts';
import { callEngine } from '../callEngine.ts';
import { eventually } from '../eventually.ts';
import { launcherFile, runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf, hashesOf } from './wholeRun.ts';

let folder: string;
let config: string;
let whole: string;

/** The two that learn come first, so that the one that cannot is judged by them. */
const keys = ['--key', 'optimizer.learningRate=0.02,0.04,1e-7'];
/** What lets the small model learn within a few epochs. */
const easy = {
  augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } },
  optimizer: { learningRate: 0.02 },
  training: { epochs: 8, batchSeconds: 1, checkpointEverySec: 0.3, threads: 1 },
};
const recordOf = (sweep: string): SweepRecord =>
  parseSweepRecord(readFileSync(join(sweep, 'sweep.json'), 'utf8')) ?? expect.fail(`no record in ${sweep}`);
const runOf = (sweep: string, number: number) => join(sweep, '..', recordOf(sweep).trials[number - 1]!.run);
const statesOf = (sweep: string) => recordOf(sweep).trials.map(({ state }) => state);
/** All that does not depend on the clock. */
const outcomeOf = (sweep: string) =>
  recordOf(sweep).trials.map(({ values, state, wers, wer, cer, message }) => ({
    ...{ values, state, wers, wer, cer, message },
  }));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  config = writeToneConfig(folder, 8, easy);
  whole = join(folder, 'runs', 'whole');
  const { code, stdout, stderr } = await runEngine('sweep', config, ...keys, '--sweep-dir', whole, '--json');
  expect(code, stderr).toBe(0);
  const { best, end, trials } = JSON.parse(stdout);
  expect({ end, count: trials.length }).toEqual({ end: 'done', count: 3 });
  expect(best).toEqual(trials[0]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

it('gives a hopeless value up after the grace period, and not the others', () => {
  expect(statesOf(whole)).toEqual(['done', 'done', 'stopped']);
  const [first, second, hopeless] = recordOf(whole).trials;
  expect([first!.wers.length, second!.wers.length]).toEqual([8, 8]);
  expect(hopeless!.wers.length).toBeGreaterThanOrEqual(3);
  expect(hopeless!.wers.length).toBeLessThan(8);
  expect(hopeless!.message).toMatch(/^given up after epoch \d: its best WER, 100\.0 %, is worse than the median/);
  const end = eventsOf(runOf(whole, 3)).slice(-2);
  expect(end).toMatchObject([
    { kind: 'checkpoint' },
    { kind: 'finished', reason: 'stopped', message: hopeless!.message },
  ]);
});

it('trials are ordinary runs that know their sweep and are called by their values', async () => {
  const record = parseRunRecord(readFileSync(join(runOf(whole, 2), 'run.json'), 'utf8'));
  expect(record).toMatchObject({ name: 'tones', sweep: { name: 'whole', trial: 2 } });
  expect(readFileSync(join(runOf(whole, 2), 'name.txt'), 'utf8')).toBe('learningRate 0.04\n');
  const alone = join(folder, 'alone');
  const { code, stderr } = await runEngine('train', config, '--set', 'optimizer.learningRate=0.04', '--run-dir', alone);
  expect(code, stderr).toBe(0);
  expect(hashesOf(runOf(whole, 2))).toEqual(hashesOf(alone));
  // `asr train --resume` goes on with runs of the user's own, not with a trial.
  const other = await runEngine('train', config, '--set', 'training.epochs=1', '--resume');
  expect(other.stderr).not.toContain('-t0');
  expect(other.code).toBe(0);
}, 240_000);

it('a sweep that is killed again and again ends as if it had not been; finished trials are not repeated', async () => {
  const sweep = join(folder, 'runs', 'killed');
  const begin = ['sweep', config, ...keys, '--sweep-dir', sweep];
  const goOn = ['sweep', config, '--sweep-dir', sweep, '--resume'];
  const killWhen = async (args: readonly string[], met: () => boolean) => {
    const { child, ended } = startEngine(args);
    await eventually('the moment to kill', () => (met() ? true : undefined), 120_000);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  };
  const epochs = (number: number) =>
    // The directory is there before its record.
    existsSync(join(sweep, 'sweep.json'))
      ? eventsOf(runOf(sweep, number)).filter(({ kind }) => kind === 'evaluated').length
      : 0;
  await killWhen(begin, () => epochs(1) >= 3);
  await killWhen(goOn, () => epochs(2) >= 1);
  const finished = readFileSync(join(runOf(sweep, 1), 'events.jsonl'), 'utf8');
  await killWhen(goOn, () => epochs(3) >= 1);
  const { code, stderr } = await runEngine(...goOn);
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(runOf(sweep, 1), 'events.jsonl'), 'utf8')).toBe(finished);
  expect(outcomeOf(sweep)).toEqual(outcomeOf(whole));
  for (const number of [1, 2]) expect(hashesOf(runOf(sweep, number))).toEqual(hashesOf(runOf(whole, number)));
}, 300_000);

it('Ctrl-C at its launcher ends it after a checkpoint of the trial; a second process is refused', async () => {
  const launcher = spawn(process.execPath, [launcherFile, '--', 'sweep', config, ...keys, '--epochs', '1000'], {
    stdio: 'ignore',
  });
  const ended = once(launcher, 'close');
  const runs = join(folder, 'runs');
  const sweep = await eventually('the sweep', () => {
    const name = readdirSync(runs).find((run) => run.startsWith('tones-sweep-'));
    return name && existsSync(join(runs, name, 'sweep.json')) ? join(runs, name) : undefined;
  });
  await eventually('the first epoch', () =>
    eventsOf(runOf(sweep, 1)).some(({ kind }) => kind === 'evaluated') ? true : undefined,
  );
  const second = await runEngine('sweep', config, '--resume');
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('stop it first') });
  launcher.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect(eventsOf(runOf(sweep, 1)).slice(-2)).toMatchObject([
    { kind: 'checkpoint' },
    { kind: 'finished', reason: 'stopped' },
  ]);
  expect(statesOf(sweep)).toEqual(['running', 'waiting', 'waiting']);
  expect(recordOf(sweep).end).toBe('stopped');
  expect(findLockOwner(sweep)).toBeUndefined();
}, 240_000);

it('a trial that fails is told and the others go on; a spent budget begins none', async () => {
  const sweep = join(folder, 'runs', 'failing');
  const failing = ['--key', 'features.sampleRateHz=8000', 'data.maxDurationSec=0.01,20', '--epochs', '1'];
  const first = await runEngine('sweep', config, ...failing, '--sweep-dir', sweep);
  expect(first.code, first.stderr).toBe(0);
  expect(statesOf(sweep)).toEqual(['failed', 'done']);
  expect(first.stdout).toMatch(/\n {3}1 .* failed: /);

  const spent = join(folder, 'runs', 'spent');
  const second = await runEngine('sweep', config, ...keys, '--sweep-dir', spent, '--budget', '0');
  expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('budget of 0 min is spent') });
  expect(statesOf(spent)).toEqual(['waiting', 'waiting', 'waiting']);
}, 240_000);

it('nothing begins where a value, a key or a directory is wrong', async () => {
  const before = readdirSync(join(folder, 'runs'));
  const refusals: [string[], RegExp][] = [
    [['--key', 'optimizer.learningRate=0.01,99'], /the trial "learningRate 99" is no valid experiment/],
    [['--key', 'optimizer.learnRate=1'], /unknown key "learnRate"/],
    [['--key', 'model.dropout=0.1..0.3'], /a grid needs the number of values/],
    [[], /sweep needs --key/],
    [['--key', 'model.dropout=0.1', '--set', 'data.dev=[]'], /compared by their dev WER; give data\.dev a manifest/],
    [['--resume', '--key', 'model.dropout=0.1'], /leave out --key/],
    [['--key', 'model.dropout=0.1', '--sweep-dir', whole], /this sweep exists; give --resume/],
    [['--key', 'model.dropout=0.1', '--sweep-dir', runOf(whole, 1)], /not a sweep and not empty/],
  ];
  for (const [args, message] of refusals)
    expect(await callEngine('sweep', config, ...args)).toMatchObject({
      code: 1,
      error: expect.stringMatching(message),
    });
  expect(readdirSync(join(folder, 'runs'))).toEqual(before);
}, 240_000);
