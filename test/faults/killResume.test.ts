import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom } from '../../src/shared/random.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { createRunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { hashFile, runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

/** ASR_KILLS=25 for the nightly count. */
const trials = Number(process.env.ASR_KILLS ?? 5);
const seed = process.env.ASR_KILL_SEED ?? 'kill';

let directory: string;
let config: string;
let whole: { hashes: string[]; steps: number; seconds: number };

const hashesOf = (run: string) => [
  hashFile(run, 'checkpoints/last/model.safetensors'),
  hashFile(run, 'checkpoints/last/optimizer.safetensors'),
  hashFile(run, 'checkpoints/best/model.safetensors'),
];
const eventsOf = (run: string) => parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kill-'));
  const random = createRandom('kill noise');
  const noise = Float32Array.from({ length: 20_000 }, () => 0.1 * random.normal());
  writeFileSync(join(directory, 'noise.wav'), writeWav([noise], 8000));
  const augment = { noise: { probability: 0.5, files: ['noise.wav'] }, gainDb: [-3, 3], timeWarpMs: 40 };
  config = writeToneConfig(directory, 6, { augment });
  const run = join(directory, 'whole');
  const startMs = performance.now();
  const end = await runEngine('train', config, '--run-dir', run);
  expect(end).toMatchObject({ code: 0 });
  const steps = reduceAll(createRunModel(), eventsOf(run)).step;
  whole = { hashes: hashesOf(run), steps, seconds: (performance.now() - startMs) / 1000 };
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a run killed with SIGKILL and resumed', () => {
  it('the same run twice gives the same weights', async () => {
    const run = join(directory, 'again');
    expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
    expect(hashesOf(run)).toEqual(whole.hashes);
  }, 240_000);

  it.each(Array.from({ length: trials }, (_, trial) => trial))(
    'ends with the same weights (trial %i)',
    async (trial) => {
      const random = createRandom(seed, trial);
      const run = join(directory, `killed${trial}`);
      const kills = 1 + random.below(3);
      for (let kill = 0; kill < kills; kill++) {
        const { child, ended } = startEngine(['train', config, '--run-dir', run, '--resume']);
        const early = await Promise.race([ended, sleep(random.next() * whole.seconds * 1100)]);
        child.kill('SIGKILL');
        const end = await ended;
        if (early) expect(end).toMatchObject({ code: 0 });
        else expect(end.signal).toBe('SIGKILL');
      }
      const saved = lastSaved(run);
      const end = await runEngine('train', config, '--run-dir', run, '--resume');
      expect(end).toMatchObject({ code: 0 });
      expect(hashesOf(run)).toEqual(whole.hashes);
      const events = eventsOf(run);
      const resumed = events.findLast((event) => event.kind === 'resumed');
      expect(resumed?.step ?? 0).toBeGreaterThanOrEqual(saved);
      const model = reduceAll(createRunModel(), events);
      const seen = [...model.history, ...model.recent].map(({ firstStep }) => firstStep);
      expect(seen).toEqual(Array.from({ length: whole.steps }, (_, i) => i + 1));
      expect(model.evaluations.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
    },
    240_000,
  );
});

/** Step of the newest checkpoint that the run had announced when it was killed. */
function lastSaved(run: string): number {
  try {
    return eventsOf(run).reduce((step, event) => (event.kind === 'checkpoint' ? Math.max(step, event.step) : step), 0);
  } catch {
    return 0;
  }
}
