import { expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/run/events.ts';
import { createRunModel, reduceAll } from '../../../shared/run/runModel.ts';
import { renderRunReport } from './renderRunReport.ts';

const events: EngineEvent[] = [
  {
    ...{
      kind: 'started',
      step: 0,
      timeMs: 0,
      epochs: 2,
      totalSteps: 4,
      parameters: 1234567,
      device: 'cpu',
      threads: 2,
    },
    ...{ trainUtterances: 9, trainSec: 60, devUtterances: 3, skippedUtterances: 1 },
  },
  {
    kind: 'problem',
    step: 0,
    timeMs: 1,
    severity: 'warning',
    code: 'audio-missing',
    message: 'no file <b>',
    file: 'a.jsonl',
    line: 3,
  },
  ...[8, 6, 4, 2].flatMap((loss, index): EngineEvent[] => [
    {
      ...{
        kind: 'step',
        step: index + 1,
        timeMs: index * 100,
        epoch: index >> 1,
        loss,
        learningRate: 1,
        gradientNorm: 1,
      },
      ...{ audioSec: 10, durationMs: 100, waitMs: 1, paddingShare: 0, utterances: 4 },
    },
    ...(index % 2 === 0
      ? []
      : [
          {
            ...{
              kind: 'evaluated' as const,
              step: index + 1,
              timeMs: index * 100,
              epoch: index >> 1,
              wer: 1 / (index + 1),
            },
            ...{ cer: 0.1, loss: loss / 2, best: true, durationMs: 5 },
            samples: [{ audioFilepath: 'x.wav', reference: 'ONE | TWO', hypothesis: '' }],
          },
        ]),
  ]),
];

test('a run as Markdown', () => {
  const model = reduceAll(createRunModel(), events);
  const report = renderRunReport({ name: 'an4', directory: '/w/runs/an4', state: 'running', model });
  expect(report).toContain('# an4: running');
  expect(report).toContain('1,234,567 parameters on cpu with 2 threads');
  expect(report).toContain('9 utterances, 60 s, 1 left out; dev: 3 utterances.');
  expect(report).toContain('Speed: 100 × real time, 1.0 % of it waiting for data.');
  expect(report).toContain('| 1 | 7.00 | 3.00 | 50.0 % | 10.0 % |');
  expect(report).toContain('| 2 | 3.00 | 1.00 | 25.0 % ★ | 10.0 % |');
  expect(report).toContain('| ONE \\| TWO | (nothing) |');
  expect(report).toContain('- a.jsonl:3: audio\\-missing: no file \\<b\\>');
});

test('a run that has only begun', () => {
  const report = renderRunReport({ name: 'a', directory: '/r', state: 'starting', model: createRunModel() });
  expect(report).toBe('# a: starting\n\npreparing\n\nRun directory: /r\n');
});
