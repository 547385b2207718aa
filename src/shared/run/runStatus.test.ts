import { expect, test } from 'vitest';
import type { EngineEvent } from './events.ts';
import { createRunModel, reduceAll } from './runModel.ts';
import { formatDuration, formatLoss, formatPercent, renderRunStatus } from './runStatus.ts';

const started: EngineEvent = {
  ...{ kind: 'started', step: 0, timeMs: 0, epochs: 4, totalSteps: 40, parameters: 1e6, device: 'cpu', threads: 2 },
  ...{ trainUtterances: 9, trainSec: 60, devUtterances: 3, skippedUtterances: 0 },
};
const step = (number: number, epoch: number, loss: number): EngineEvent => ({
  ...{ kind: 'step', step: number, timeMs: number * 1000, epoch, loss, learningRate: 1e-3, gradientNorm: 1 },
  ...{ audioSec: 8, durationMs: 900, waitMs: 1, paddingShare: 0, utterances: 4 },
});
const evaluated = (number: number, epoch: number, wer: number, best: boolean): EngineEvent => ({
  ...{ kind: 'evaluated', step: number, timeMs: number * 1000, epoch, wer, cer: wer / 2, loss: 1, best, durationMs: 5 },
  samples: [],
});

test('says what is known so far', () => {
  const model = createRunModel();
  expect(renderRunStatus(model)).toBe('preparing');
  expect(renderRunStatus(reduceAll(model, [started]))).toBe('epoch 1/4 · step 0/40');
  const events = [
    started,
    ...Array.from({ length: 10 }, (_, i) => step(i + 1, 0, 12.3456)),
    evaluated(10, 0, 0.5, true),
  ];
  expect(renderRunStatus(reduceAll(model, events))).toBe('epoch 1/4 · step 10/40 · loss 12.3 · WER 50.0 % · 27 s left');
  const later = [...events, step(11, 1, 250.7), evaluated(20, 1, 0.75, false)];
  expect(renderRunStatus(reduceAll(model, later))).toContain(
    'epoch 2/4 · step 11/40 · loss 251 · WER 75.0 % · best 50.0 %',
  );
});

test('a clock that jumps changes nothing of it', () => {
  const clocks = [0, 9e12, -5, 1e3, 3e12, 2];
  const events = [started, ...Array.from({ length: 10 }, (_, i) => step(i + 1, 0, 2))];
  const jumping = events.map((event, i) => ({ ...event, timeMs: clocks[i % clocks.length]! }));
  expect(renderRunStatus(reduceAll(createRunModel(), jumping))).toBe(
    renderRunStatus(reduceAll(createRunModel(), events)),
  );
});

test('formats', () => {
  expect([0, 0.0451, 1, 1.25].map(formatPercent)).toEqual(['0 %', '4.5 %', '100 %', '125 %']);
  expect([0.01234, 5, 99.96].map(formatLoss)).toEqual(['0.0123', '5.00', '100']);
  expect([0.2, 89, 90, 5399, 5400, 9000].map(formatDuration)).toEqual([
    '1 s',
    '89 s',
    '2 min',
    '1 h 30 min',
    '1 h 30 min',
    '2 h 30 min',
  ]);
});
