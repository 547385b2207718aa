import { expect, test } from 'vitest';
import { type Experiment, experimentSchema } from '../../../shared/config/schema.ts';
import type { Started } from '../../../shared/run/events.ts';
import { createRunModel } from '../../../shared/run/runModel.ts';
import type { Run } from '../../services/runs.ts';
import { epochTime } from './epochTime.ts';

const experiment = (more: object = {}) => experimentSchema.parse({ data: { train: ['a'] }, ...more });

/** Half of 100 steps over 10 epochs of 60 s of audio, in 30 s: a tenth of a second per second. */
function run(directory: string, settings: Experiment, step = 50) {
  const started = { kind: 'started', step: 0, timeMs: 1000, epochs: 10, totalSteps: 100, trainSec: 60 } as Started;
  const model = { ...createRunModel(), started, step, updatedMs: 31_000 };
  return { run: { directory, model } as Run, settings };
}

function ask(now: Experiment, macsPerSecond: number, runs: ReturnType<typeof run>[]) {
  const settingsOf = new Map(runs.map(({ run: { directory }, settings }) => [directory, settings]));
  return epochTime(
    now,
    { macsPerSecond, durationSec: 600 },
    runs.map((each) => each.run),
    {
      settings: ({ directory }) => Promise.resolve(settingsOf.get(directory)),
      macsPerSecond: () => Promise.resolve(2e8),
    },
  );
}

test('a run that works alike is a measurement, for as much audio as there is now', async () => {
  expect(await ask(experiment({ name: 'x' }), 1e9, [run('a', experiment())])).toEqual({ seconds: 60, measured: true });
});

test('another model is scaled by its work; a later measurement is better than an estimate', async () => {
  const other = run('b', experiment({ model: { dropout: 0.1 } }));
  expect(await ask(experiment(), 4e8, [other])).toEqual({ seconds: 120, measured: false });
  expect(await ask(experiment(), 4e8, [other, run('a', experiment())])).toEqual({ seconds: 60, measured: true });
});

test('a run of a few steps says nothing', async () => {
  expect(await ask(experiment(), 1e9, [run('a', experiment(), 5)])).toBeUndefined();
  expect(await ask(experiment(), 1e9, [])).toBeUndefined();
});
