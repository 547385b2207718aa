import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/shared/random.ts';
import { parseAlert } from '../../src/shared/run/alert.ts';
import { findNewestCheckpoint } from '../../src/training/run/checkpoints.ts';
import { engineFile, runEngine } from './engineProcess.ts';
import { faultSeed, times, twoAtATime } from './faultTimes.ts';
import { straceAbsence, straceNode } from './strace.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf, expectSame, hashesOf, trainWhole, type WholeRun } from './wholeRun.ts';

/** Errors that strace puts in the place of what the kernel would have answered. */
const errors = ['EIO', 'EROFS', 'EMFILE', 'EDQUOT'] as const;
type DiskError = (typeof errors)[number];

const words: Record<DiskError, string> = {
  EIO: 'the disk reports an error',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many open files',
  EDQUOT: 'the quota is used up',
};

let directory: string;
let config: string;
let whole: WholeRun;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'disk-errors-'));
  config = writeToneConfig(directory, 3);
  whole = await trainWhole(config, join(directory, 'whole'));
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Trains while a system call on some files of the run gets an error, from the `when`th on or at that one only. */
function trainWith(run: string, error: DiskError, call: string, files: readonly string[], when: string) {
  const only = files.flatMap((file) => ['-P', join(run, file)]);
  return straceNode(
    [
      '--seccomp-bpf',
      '-o',
      '/dev/null',
      ...only,
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:error=${error}:when=${when}`,
    ],
    [engineFile, 'train', config, '--run-dir', run],
  );
}

const checkpointFiles = ['model.safetensors', 'optimizer.safetensors', 'state.json'].flatMap((file) =>
  ['last', 'best'].map((name) => `checkpoints/${name}.new/${file}`),
);
const alertOf = (run: string) => parseAlert(readFileSync(join(run, 'alert.json'), 'utf8'));

/** Whatever happened to it, the run has a checkpoint or has not got that far, and ends as if nothing had happened. */
async function expectResumes(run: string): Promise<void> {
  const { rejected } = await findNewestCheckpoint(join(run, 'checkpoints'));
  expect(rejected).toEqual([]);
  const { code, stderr } = await runEngine('train', config, '--run-dir', run, '--resume');
  expect(code, stderr).toBe(0);
  expectSame(run, whole);
  expect(alertOf(run)).toBeUndefined();
}

describe.skipIf(straceAbsence)('a disk that refuses', { timeout: 180_000 }, () => {
  it('the events with EIO ends the run in words', async () => {
    const error = 'EIO';
    const run = join(directory, `events-${error}`);
    const { code, stderr } = await trainWith(run, error, 'write', ['events.jsonl'], '30+');
    expect(code, stderr).toBe(1);
    expect(stderr).toContain(`asr: ${words[error]}: the events of the run cannot be written to ${run}`);
    expect(alertOf(run)).toMatchObject({ code: 'disk-error', message: expect.stringContaining(words[error]) });
    await expectResumes(run);
  });

  it.each(['EDQUOT', 'EMFILE'] as const)('the events with %s for a while holds the run up', async (error) => {
    const run = join(directory, `held-${error}`);
    const { code, stderr } = await trainWith(run, error, 'write', ['events.jsonl'], '30..32');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`${words[error]}: training waits and goes on by itself`);
    expectSame(run, whole);
    expect(alertOf(run)).toBeUndefined();
    const pauses = eventsOf(run).filter((event) => event.kind === 'paused');
    expect(pauses).toMatchObject([
      { paused: true, reason: 'disk', message: expect.stringContaining(words[error]) },
      { paused: false, reason: 'disk' },
    ]);
    expect(pauses[1]!.timeMs - pauses[0]!.timeMs).toBeLessThan(60_000);
  });

  it.each([
    ['EIO', 'fsync'],
    ['EROFS', 'openat'],
  ] as const)('a checkpoint with %s in %s is told, and training goes on', async (error, call) => {
    const run = join(directory, `checkpoint-${error}`);
    const { code, stderr } = await trainWith(run, error, call, checkpointFiles, '2');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`error checkpoint: the checkpoint could not be saved: ${words[error]}`);
    expectSame(run, whole);
  });

  it('a checkpoint with EDQUOT is tried again', async () => {
    const run = join(directory, 'checkpoint-EDQUOT');
    const { code, stderr } = await trainWith(run, 'EDQUOT', 'write', checkpointFiles, '4..5');
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('error checkpoint');
    expect(eventsOf(run).filter((event) => event.kind === 'paused').length).toBeGreaterThanOrEqual(2);
    expectSame(run, whole);
  });

  it('log.txt for good is no reason to stop', async () => {
    const run = join(directory, 'log');
    const { code, stderr } = await trainWith(run, 'EIO', 'write', ['log.txt'], '1+');
    expect(code, stderr).toBe(0);
    expect(hashesOf(run)).toEqual(whole.hashes);
  });
});

const tries = times(1, 50);

it.skipIf(straceAbsence)(
  `row 4: EIO, EROFS, EMFILE and EDQUOT at random moments end or delay a run, and lose nothing (${tries} each)`,
  async () => {
    const trials = errors.flatMap((error) => Array.from({ length: tries }, (_, trial) => ({ error, trial })));
    await twoAtATime(trials, async ({ error, trial }) => {
      const random = createRandom(faultSeed, 'disk', error, trial);
      const run = join(directory, `${error}-${trial}`);
      const [call, files] = [
        ['write', ['events.jsonl']],
        ['write', checkpointFiles],
        ['fsync', [...checkpointFiles, 'checkpoints/last.new', 'checkpoints']],
        ['openat', [...checkpointFiles, 'checkpoints/last.new', 'checkpoints']],
        ['rename', ['checkpoints/last', 'checkpoints/last.new', 'checkpoints/best', 'checkpoints/best.new']],
        ['mkdir', ['checkpoints/last.new', 'checkpoints/best.new']],
      ][random.below(6)] as [string, string[]];
      const first = 1 + random.below(call === 'write' ? 40 : 8);
      const { code, stderr } = await trainWith(run, error, call, files, `${first}..${first + random.below(3)}`);
      const said = [error, trial, call, first, stderr].join(' ');
      expect([0, 1], said).toContain(code);
      if (code === 1) expect(said).toContain(words[error]);
      expect(said).not.toContain('this is a bug');
      if (existsSync(join(run, 'run.json'))) await expectResumes(run);
      rmSync(run, { recursive: true, force: true });
    });
  },
  120_000 + 4 * tries * 60_000,
);
