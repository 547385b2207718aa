import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { findLockOwner } from '../../src/training/run/lock.ts';
import { startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf, expectSame, trainWhole, type WholeRun } from './wholeRun.ts';

const epochs = 6;
const checkpointEverySec = 0.3;
const [hourMs, dayMs] = [3_600_000, 86_400_000];
/** How far the clock is off after each jump; one of them is to 1970. */
const offsetsMs = [hourMs, 0, dayMs, -dayMs, -2 * dayMs, -Date.now(), hourMs, 20_000 * dayMs, -dayMs, -hourMs];

let directory: string;
let config: string;
let whole: WholeRun;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'clock-'));
  config = writeToneConfig(directory, epochs);
  whole = await trainWhole(config, join(directory, 'whole'));
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Trains while the clock jumps, evenly spread over the run. */
async function trainWithJumps(run: string): Promise<void> {
  const clock = join(directory, 'clock');
  writeFileSync(clock, '0');
  const { child, ended } = startEngine(['train', config, '--run-dir', run], {
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'jumpingClock.ts')}`,
    ASR_CLOCK_FILE: clock,
  });
  for (const [i, offsetMs] of offsetsMs.entries()) {
    const from = Math.floor((i * whole.steps) / (offsetsMs.length + 1));
    const reached = () => expect(eventsOf(run).some(({ kind, step }) => kind === 'step' && step > from)).toBe(true);
    await vi.waitFor(reached, { timeout: 60_000, interval: 5 });
    // Renamed into place: the clock is read at any time.
    writeFileSync(`${clock}.new`, String(offsetMs));
    renameSync(`${clock}.new`, clock);
    if (i === 5) expect(findLockOwner(run)?.pid).toBe(child.pid);
  }
  const { code, stderr } = await ended;
  expect(code, stderr).toBe(0);
}

it(`row 12: a wall clock that jumps by hours and days, and to 1970, changes nothing (${offsetsMs.length} jumps)`, async () => {
  const run = join(directory, 'run');
  await trainWithJumps(run);
  expectSame(run, whole);
  const events = eventsOf(run);
  const jumps = events.filter(({ timeMs }, i) => i > 0 && Math.abs(timeMs - events[i - 1]!.timeMs) > hourMs / 2);
  expect(jumps.length).toBeGreaterThanOrEqual(5);
  expect(readFileSync(join(run, 'log.txt'), 'utf8')).toMatch(/^20[78]\d-/m);

  const steps = events.filter((event) => event.kind === 'step').map(({ step }) => step);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  const end = events.at(-1)!;
  const durationMs = end.kind === 'finished' ? end.durationMs : Number.NaN;
  for (const event of events)
    if ('durationMs' in event) {
      expect(event.durationMs).toBeGreaterThanOrEqual(0);
      expect(event.durationMs).toBeLessThanOrEqual(durationMs);
    }
  const saved = events.filter((event) => event.kind === 'checkpoint' && event.path === 'checkpoints/last').length;
  expect(saved).toBeGreaterThanOrEqual(epochs);
  expect(saved).toBeLessThanOrEqual(epochs + durationMs / 1000 / checkpointEverySec);
}, 300_000);
