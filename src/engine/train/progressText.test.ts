import { describe, expect, it } from 'vitest';
import type { Averaged, EngineEvent, StepDone } from '../../shared/run/events.ts';
import { createRunModel, reduceAll } from '../../shared/run/runModel.ts';
import {
  renderAverage,
  renderDuration,
  renderEpoch,
  renderGuard,
  renderNorms,
  renderProgress,
} from './progressText.ts';

const started: EngineEvent = {
  kind: 'started',
  step: 0,
  timeMs: 0,
  epochs: 4,
  totalSteps: 400,
  parameters: 1,
  device: 'cpu',
  threads: 2,
  trainUtterances: 1,
  trainSec: 1,
  devUtterances: 1,
  skippedUtterances: 0,
};
const step = (n: number, loss: number): StepDone => ({
  kind: 'step',
  step: n,
  timeMs: n,
  epoch: 1,
  loss,
  learningRate: 0.00123,
  gradientNorm: 1,
  audioSec: 30,
  durationMs: 1000,
  waitMs: 0,
  paddingShare: 0,
  utterances: 1,
});

describe('renderProgress', () => {
  it('gives place, mean loss, speed and the time left', () => {
    const model = reduceAll(createRunModel(), [started, step(99, 2), step(100, 4)]);
    expect(renderProgress(model)).toBe(
      'epoch 2/4 · step 100/400 · loss 3.000 · lr 1.2e-3 · 30× real time · 5 min left',
    );
  });

  it('takes its means over a checkpoint, which moves steps to the history', () => {
    const steps = Array.from({ length: 60 }, (_, i) => step(i + 1, i < 30 ? 100 : 1));
    const checkpoint: EngineEvent = { kind: 'checkpoint', step: 55, timeMs: 0, epoch: 1, path: '', durationMs: 1 };
    const model = reduceAll(createRunModel(), [started, ...steps, checkpoint]);
    expect(renderProgress(model)).toContain(`loss ${((20 * 100 + 30) / 50).toFixed(3)}`);
  });

  it('counts the evaluations to come', () => {
    const evaluated: EngineEvent = {
      kind: 'evaluated',
      step: 100,
      timeMs: 0,
      epoch: 1,
      wer: 0.5,
      cer: 0.25,
      loss: 1,
      best: true,
      durationMs: 60_000,
      samples: [],
    };
    const model = reduceAll(createRunModel(), [started, step(100, 1), evaluated]);
    expect(renderProgress(model)).toContain(`${renderDuration(300_000 + 3 * 60_000)} left`);
    expect(renderEpoch(model, evaluated)).toBe(
      'epoch 2/4: loss 1.000, dev loss 1.000, WER 50.0 %, CER 25.0 %, best so far',
    );
  });
});

describe('what the end of an epoch or of a run tells', () => {
  const base = { step: 9, timeMs: 9 };

  it('an average with its rates, or without a dev set', () => {
    const rates = { wer: 0.231, cer: 0.09, loss: 0.934, best: true };
    const event: Averaged = { ...base, ...rates, kind: 'averaged', epochs: [37, 38], durationMs: 1, samples: [] };
    expect(renderAverage(event)).toBe('average of epochs 38, 39: dev loss 0.934, WER 23.1 %, CER 9.0 %, best so far');
    expect(renderAverage({ ...event, wer: null, cer: null, loss: null })).toBe(
      'average of epochs 38, 39: not scored, since there is no dev set',
    );
  });

  it('gradient norms', () => {
    const event = {
      ...base,
      epoch: 3,
      kind: 'gradientNorms',
      steps: 62,
      p10: 1.234,
      p50: 2.3,
      p90: 61,
      clippedShare: 0.95,
    } as const;
    expect(renderNorms(event)).toBe(
      'gradient norms of 62 steps: 10 % below 1.23, half below 2.30, 90 % below 61.0; 95.0 % clipped',
    );
  });

  it('a guard with its remedy and the step to run again', () => {
    const event = {
      ...base,
      epoch: 3,
      kind: 'guard',
      code: 'non-finite',
      severity: 'warning',
      message: 'm',
      remedy: 'r',
    } as const;
    expect(renderGuard(event)).toBe('warning non-finite: m; r');
    expect(renderGuard({ ...event, replay: 'replay/step-3' })).toContain('asr replay <run>/replay/step-3');
  });
});
