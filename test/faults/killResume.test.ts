import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { runEngine, startEngine } from './engineProcess.ts';
import { faultSeed, times } from './faultTimes.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf, expectSame, hashesOf, trainWhole, type WholeRun } from './wholeRun.ts';

const kills = times(25, 1000);

let directory: string;
let config: string;
let whole: WholeRun;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kill-'));
  const random = createRandom('kill noise');
  const noise = Float32Array.from({ length: 20_000 }, () => 0.1 * random.normal());
  writeFileSync(join(directory, 'noise.wav'), writeWav([noise], 8000));
  const augment = { noise: { probability: 0.5, files: ['noise.wav'] }, gainDb: [-3, 3], timeWarpMs: 40 };
  config = writeToneConfig(directory, 6, { augment });
  whole = await trainWhole(config, join(directory, 'whole'));
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('the same run twice gives the same weights', async () => {
  const run = join(directory, 'again');
  expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
  expect(hashesOf(run)).toEqual(whole.hashes);
}, 240_000);

it(
  `row 1: a run that is killed with SIGKILL and resumed ends as if it had not been (${kills} times)`,
  async () => {
    let killed = 0;
    // Of the fastest run so far: on a machine that is in other use the first one may have been slow.
    let { durationMs } = whole;
    let trial = 0;
    const trainAndKill = async () => {
      const run = join(directory, `killed${trial}`);
      const random = createRandom(faultSeed, 'kill', trial++);
      // Each run takes as many kills as come before its end, until enough have hit.
      for (let done = false; !done; ) {
        const enough = killed >= kills;
        const before = eventsOf(run);
        const startMs = performance.now();
        const { child, ended } = startEngine(['train', config, '--run-dir', run, '--resume']);
        await Promise.race([ended, ...(enough ? [] : [sleep(random.next() * durationMs)])]);
        child.kill('SIGKILL');
        const { code, signal, stderr } = await ended;
        expectNothingLost(before, eventsOf(run));
        done = signal !== 'SIGKILL';
        if (!done) killed++;
        else {
          expect(code, stderr).toBe(0);
          expectSame(run, whole);
          if (before.length === 0) durationMs = Math.min(durationMs, performance.now() - startMs);
          rmSync(run, { recursive: true });
        }
      }
    };
    const untilEnough = async () => {
      while (killed < kills) await trainAndKill();
    };
    // As many at a time as a small machine has cores.
    await Promise.all([untilEnough(), untilEnough()]);
    expect(killed).toBeGreaterThanOrEqual(kills);
  },
  240_000 + kills * 30_000,
);

/** A start that got so far went on from the newest checkpoint that was announced before it, or a later one. */
function expectNothingLost(before: readonly EngineEvent[], after: readonly EngineEvent[]): void {
  const saved = before.reduce((step, event) => (event.kind === 'checkpoint' ? Math.max(step, event.step) : step), 0);
  const resumed = after.slice(before.length).find((event) => event.kind === 'resumed');
  if (resumed) expect(resumed.step).toBeGreaterThanOrEqual(saved);
}
