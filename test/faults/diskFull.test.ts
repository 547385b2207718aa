import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createRandom } from '../../src/shared/random.ts';
import { parseAlert } from '../../src/shared/run/alert.ts';
import { findNewestCheckpoint } from '../../src/training/run/checkpoints.ts';
import { runEngine, startEngine } from './engineProcess.ts';
import { faultSeed, times } from './faultTimes.ts';
import { mountSmallDisk, type SmallDisk } from './smallDisk.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf, expectSame, trainWhole, type WholeRun } from './wholeRun.ts';

const fills = times(3, 50);
const epochsPerFill = 5;
/** The promise is five seconds; a test machine in other use may take much longer to come to it. */
const patience = { timeout: 60_000, interval: 20 };

let disk: SmallDisk | undefined;
let directory: string;
let config: string;
let whole: WholeRun;
beforeAll(
  async () => {
    disk = mountSmallDisk(4096);
    if (!disk) return;
    directory = mkdtempSync(join(tmpdir(), 'disk-full-'));
    config = writeToneConfig(directory, epochsPerFill * fills);
    whole = await trainWhole(config, join(directory, 'whole'));
  },
  60_000 + fills * 20_000,
);
afterAll(() => {
  disk?.unmount();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

const alertOf = (run: string) => parseAlert(readFileSync(join(run, 'alert.json'), 'utf8'));
const lastStep = (run: string) => eventsOf(run).findLast((event) => event.kind === 'step')?.step ?? 0;
const pausesOf = (run: string) => eventsOf(run).filter((event) => event.kind === 'paused');

/** Fills the disk and waits until the run says so; how long that took after the run first met it is in the alert. */
async function fillUntilSeen(full: SmallDisk, run: string): Promise<void> {
  await vi.waitFor(() => {
    // A checkpoint that could not be written gives its space back, which the events then take.
    full.fill();
    expect(alertOf(run)).toMatchObject({ code: 'disk-full', message: expect.stringContaining('the disk is full') });
  }, patience);
}

it(
  `row 4: a full disk holds the run up, says so, and loses nothing when there is space again (${fills} times)`,
  async ({ skip }) => {
    if (!disk) return skip();
    const run = join(disk.directory, 'run');
    const random = createRandom(faultSeed, 'full');
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    for (let fill = 0; fill < fills; fill++) {
      const from = (fill * whole.steps) / fills + random.next() * 20;
      await vi.waitFor(() => expect(lastStep(run)).toBeGreaterThan(from), { timeout: 120_000, interval: 5 });
      await fillUntilSeen(disk, run);
      const newest = await findNewestCheckpoint(join(run, 'checkpoints'));
      expect(newest).toMatchObject({ checkpoint: {}, rejected: [] });
      expect(child.exitCode).toBeNull();
      disk.free();
      await vi.waitFor(() => expect(alertOf(run)).toBeUndefined(), patience);
    }
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('the disk is full: training waits and goes on by itself');
    expectSame(run, whole);
    const pauses = pausesOf(run);
    expect(pauses.length).toBeGreaterThanOrEqual(2 * fills);
    expect(pauses.map(({ paused }) => paused)).toEqual(pauses.map((_, i) => i % 2 === 0));
    rmSync(run, { recursive: true });
  },
  120_000 + fills * 60_000,
);

it('a full disk does not keep a run from being stopped, and its old checkpoint is whole', async ({ skip }) => {
  if (!disk) return skip();
  const run = join(disk.directory, 'stopped');
  const { child, ended } = startEngine(['train', config, '--run-dir', run]);
  await vi.waitFor(() => expect(lastStep(run)).toBeGreaterThan(15), { timeout: 60_000, interval: 5 });
  await fillUntilSeen(disk, run);
  const startMs = performance.now();
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect([1, 130], stderr).toContain(code);
  expect(performance.now() - startMs).toBeLessThan(60_000);
  expect(await findNewestCheckpoint(join(run, 'checkpoints'))).toMatchObject({ checkpoint: {}, rejected: [] });
  disk.free();
  const { code: resumed, stderr: said } = await runEngine('train', config, '--run-dir', run, '--resume');
  expect(resumed, said).toBe(0);
  expectSame(run, whole);
}, 300_000);
