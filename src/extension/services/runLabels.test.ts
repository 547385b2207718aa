import { expect, test } from 'vitest';
import type { EngineEvent } from '../../shared/run/events.ts';
import { createRunModel, reduceAll } from '../../shared/run/runModel.ts';
import { iconOf, renderRow, renderRunTooltip, renderShortStatus } from './runLabels.ts';
import type { Run } from './runs.ts';

const events: EngineEvent[] = [
  {
    ...{ kind: 'started', step: 0, timeMs: 0, epochs: 4, totalSteps: 40, parameters: 10, device: 'cpu', threads: 1 },
    ...{ trainUtterances: 9, trainSec: 120, devUtterances: 3, skippedUtterances: 0 },
  },
  ...Array.from(
    { length: 10 },
    (_, i): EngineEvent => ({
      ...{ kind: 'step', step: i + 1, timeMs: 6000 * (i + 1), epoch: 0, loss: 1.234, learningRate: 1e-3 },
      ...{ gradientNorm: 1, audioSec: 8, durationMs: 5999, waitMs: 0, paddingShare: 0, utterances: 4 },
    }),
  ),
  {
    ...{ kind: 'evaluated', step: 10, timeMs: 60_000, epoch: 0, wer: 0.452, cer: 0.1, loss: 1.5, best: true },
    ...{ durationMs: 10, samples: [] },
  },
];
const run = (more: Partial<Run>): Run => ({
  ...{ directory: '/w/runs/an4', name: 'an4', experiment: 'an4', configFile: '/w/an4.asr.yaml', createdMs: 0 },
  ...{ model: reduceAll(createRunModel(), events), state: 'running', active: true, caughtUp: true },
  ...more,
});

test.each([
  ['a run that goes on', {}, '1/4 · WER 45.2 % · 3 min left', 'an4 1/4 · loss 1.23 · WER 45.2 %'],
  [
    'a paused one',
    { state: 'paused' },
    '1/4 · WER 45.2 % · 3 min left · paused',
    'an4 1/4 · paused · loss 1.23 · WER 45.2 %',
  ],
  ['one that is over', { state: 'done', active: false }, '1/4 · WER 45.2 % · 60 s', 'an4: done · WER 45.2 %'],
  [
    'one whose process is gone',
    { state: 'interrupted', active: false },
    '1/4 · WER 45.2 % · 60 s · interrupted',
    'an4: interrupted · WER 45.2 %',
  ],
  ['one that is being prepared', { state: 'starting', model: createRunModel() }, 'starting', 'an4: preparing'],
  [
    'a trial, by its experiment and its values',
    { name: 'dropout 0.1', sweep: { name: 's', trial: 1 } },
    '1/4 · WER 45.2 % · 3 min left',
    'an4, dropout 0.1 1/4 · loss 1.23 · WER 45.2 %',
  ],
  ['one whose history is being read', { caughtUp: false }, 'reading its log…', 'an4 1/4 · loss 1.23 · WER 45.2 %'],
] as const)('%s', (_, more, row, status) => {
  expect(renderRow(run(more))).toBe(row);
  expect(renderShortStatus(run(more))).toBe(status);
});

test('what keeps a run from going on comes before all else', () => {
  const waiting = run({ alert: { code: 'disk-full', message: 'no space left on /data', sinceMs: 1 } });
  expect(iconOf(waiting)).toBe('alert');
  expect(renderRow(waiting)).toBe('disk full · 1/4 · WER 45.2 % · 3 min left');
  expect(renderShortStatus(waiting)).toBe('an4: disk full');
  expect(renderRunTooltip(waiting)).toContain('no space left on /data');
});

test('nothing is left of a run whose process is gone', () => {
  expect(renderRunTooltip(run({}))).toContain('left');
  expect(renderRunTooltip(run({ state: 'interrupted', active: false }))).not.toContain('left');
});
