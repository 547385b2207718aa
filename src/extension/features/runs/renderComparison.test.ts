import { expect, test } from 'vitest';
import type { EngineEvent, StepDone } from '../../../shared/run/events.ts';
import { createRunModel, reduceAll } from '../../../shared/run/runModel.ts';
import { renderComparison } from './renderComparison.ts';

const step = (number: number, durationMs: number): StepDone => ({
  ...{ kind: 'step', step: number, timeMs: 1000 * number, epoch: 0, loss: 4 / number, learningRate: 1e-3 },
  ...{ gradientNorm: 1, audioSec: 8, durationMs, waitMs: 0, paddingShare: 0, utterances: 4 },
});
const started: EngineEvent = {
  ...{ kind: 'started', step: 0, timeMs: 0, epochs: 2, totalSteps: 4, parameters: 12_345, device: 'cpu', threads: 2 },
  ...{ trainUtterances: 9, trainSec: 120, devUtterances: 3, skippedUtterances: 0 },
};
const evaluated: EngineEvent = {
  ...{ kind: 'evaluated', step: 2, timeMs: 3000, epoch: 0, wer: 0.25, cer: 0.1, loss: 1.5, best: true },
  ...{ durationMs: 10, samples: [] },
};
const fast = reduceAll(createRunModel(), [started, step(1, 100), step(2, 100), evaluated]);
const slow = reduceAll(createRunModel(), [started, step(1, 400)]);

test('results stand side by side, then the keys that differ', () => {
  const text = renderComparison(
    [
      { label: 'fast', directory: '/w/runs/a', state: 'done', model: fast },
      { label: 'a|b*', directory: '/w/runs/b', state: 'failed', model: slow },
    ],
    [{ key: 'training.epochs', values: ['2', ''] }],
  );
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  expect(rows[0]).toBe('|  | fast | a\\|b\\* |');
  expect(rows).toContain('| Best WER | 25.0 % |  |');
  expect(rows).toContain('| Best epoch | 1 |  |');
  expect(rows).toContain('| Last training loss | 2.00 | 4.00 |');
  expect(rows).toContain('| Speed | 80 × real time | 20 × real time |');
  expect(rows).toContain('| Parameters | 12,345 | 12,345 |');
  expect(rows).toContain('| Time | 3 s | 1 s |');
  expect(rows.at(-1)).toBe('| training.epochs | 2 |  |');
});

test('says when there is nothing to tell apart, or a config that cannot be read', () => {
  const runs = [{ label: 'x', directory: '/x', state: 'starting', model: createRunModel() }];
  expect(renderComparison(runs, [])).toContain('the configs say the same');
  expect(renderComparison(runs, undefined)).toContain('cannot be read');
  expect(renderComparison(runs, [])).not.toContain('Best WER');
});
