import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { runEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('a step that is not finite is kept, and gives the same when it is run again', async () => {
  // A decay of ten times each weight: it changes sign and grows ninefold per step, until it leaves float32.
  const optimizer = { type: 'sgd', learningRate: 10, weightDecay: 1, momentum: 0 };
  const schedule = { type: 'constant' };
  const config = writeToneConfig(directory, 20, { optimizer, schedule });
  const run = join(directory, 'run');
  const end = await runEngine('train', config, '--run-dir', run);
  expect(end.code).toBe(1);
  expect(end.stderr).toContain('the loss was not finite in 10 batches in a row');
  const { events } = parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8'));
  const guard = events.find((event) => event.kind === 'guard' && event.code === 'non-finite');
  if (guard?.kind !== 'guard') throw new Error('no guard was raised');
  expect(guard.utterances!.length).toBeGreaterThan(0);
  const kept = join(run, guard.replay!);
  expect(readdirSync(kept).sort()).toEqual(['batch-0.npy', 'model.safetensors', 'replay.json', 'state.json']);
  expect(readdirSync(join(run, 'replay'))).toHaveLength(1);
  const again = await runEngine('replay', kept, '--json');
  expect(again).toMatchObject({ code: 0 });
  const told = JSON.parse(again.stdout) as { same: boolean; loss: string; utterances: { id: string; loss: string }[] };
  expect(told.same).toBe(true);
  const bad = told.utterances.filter(({ loss }) => !Number.isFinite(Number(loss))).map(({ id }) => id);
  expect(bad.length > 0 ? bad : told.utterances.map(({ id }) => id)).toEqual(guard.utterances);
  expect((await runEngine('replay', run)).stderr).toContain('holds no step to run again');
}, 120_000);

it('the range test finds rates between too low and too high, and leaves one file', async () => {
  const config = writeToneConfig(directory, 3, { name: 'range' });
  const before = new Set(readdirSync(directory));
  const end = await runEngine('range-test', config, '--min', '1e-5', '--max', '10', '--steps', '60', '--json');
  expect(end).toMatchObject({ code: 0 });
  const told = JSON.parse(end.stdout) as { suggested: number; diverges: number; points: unknown[] };
  expect(told.suggested).toBeGreaterThan(1e-4);
  expect(told.suggested).toBeLessThan(0.3);
  expect(told.diverges).toBeGreaterThan(told.suggested);
  expect(end.stderr).toContain('suggested: optimizer.learningRate');
  expect(readdirSync(directory).filter((name) => !before.has(name))).toEqual(['range-test.json']);
  expect(existsSync(join(directory, 'runs'))).toBe(false);
  const refused = await runEngine('range-test', config, '--min', '1', '--max', '0.1');
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('--min is 1, not below --max (0.1)');
}, 120_000);
