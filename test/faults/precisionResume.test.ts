import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chosenBatches } from '../../src/engine/train/memoryPlan.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { BatchSkipped, StepDone } from '../../src/shared/run/events.ts';
import { alone } from '../../src/training/ranks.ts';
import { hashFile, runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'precision-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const eventsOf = (run: string) => parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events;
const hashesOf = (run: string) =>
  ['model', 'optimizer'].map((name) => hashFile(run, `checkpoints/last/${name}.safetensors`));

it('an fp16 run tells its loss scale and its memory, and goes on exactly after it was stopped', async () => {
  const training = {
    epochs: 8,
    batchSeconds: 'auto',
    precision: 'fp16',
    device: 'cpu',
    checkpointEverySec: 0.2,
    threads: 1,
  };
  const config = writeToneConfig(directory, 8, { training });
  const whole = join(directory, 'whole');
  const end = await runEngine('train', config, '--run-dir', whole);
  expect(end).toMatchObject({ code: 0 });
  expect(end.stderr).toContain('amp-cpu');
  expect(end.stderr).toMatch(
    /peak memory \d+ MiB by forecast, in batches of \d+ × \d\.\d s; training\.batchSeconds auto: \d+ s/,
  );

  const events = eventsOf(whole);
  const started = events.find((event) => event.kind === 'started')!;
  expect(started).toMatchObject({
    peakMemoryBytes: expect.any(Number),
    largestBatch: { utterances: expect.any(Number) },
  });
  const skipped = events.filter((event): event is BatchSkipped => event.kind === 'batchSkipped');
  const steps = events.filter((event): event is StepDone => event.kind === 'step');
  // Every skipped step halves the scale, and the count of good steps is far from 2000.
  for (const [i, { reason, lossScale }] of skipped.entries())
    expect({ reason, lossScale }).toEqual({ reason: 'overflow', lossScale: 65_536 / 2 ** i });
  expect(steps.at(-1)!.lossScale).toBe(65_536 / 2 ** skipped.length);

  const stopped = join(directory, 'stopped');
  const { child, ended } = startEngine(['train', config, '--run-dir', stopped]);
  const checkpointed = () => {
    try {
      return eventsOf(stopped).some((event) => event.kind === 'checkpoint');
    } catch {
      return false;
    }
  };
  while (!checkpointed()) await new Promise((done) => setTimeout(done, 20));
  child.kill('SIGKILL');
  await ended;
  expect(await runEngine('train', config, '--run-dir', stopped, '--resume')).toMatchObject({ code: 0 });
  expect(hashesOf(stopped)).toEqual(hashesOf(whole));
}, 240_000);

it('a run that goes on keeps the batches it chose', async () => {
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, training: { batchSeconds: 'auto' } });
  const spec = { config: experiment.model, bins: 80, vocabularySize: 29 };
  const shapesFor = (seconds: number) => [{ rows: Math.max(1, Math.floor(seconds / 4)), frames: 400, maxTokens: 40 }];
  const kept = await chosenBatches(experiment, 'cpu', { batchSeconds: 7 }, alone);
  expect(kept.chooseBatchSeconds!(spec, shapesFor)).toBe(7);
  const fresh = await chosenBatches(experiment, 'cpu', undefined, alone);
  expect(fresh.chooseBatchSeconds!(spec, shapesFor)).toBeGreaterThan(7);
  expect(await chosenBatches(experiment, 'webgpu', undefined, alone)).toEqual({});
});
