import { describe, expect, it } from 'vitest';
import type { StepDone } from '../../../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../../../src/shared/run/runModel.ts';
import { stringsFor } from '../strings.ts';
import { speedPictures } from './speedPictures.ts';

const step = (number: number, more: Partial<StepDone> = {}): StepDone => ({
  ...{ kind: 'step', step: number, timeMs: number, epoch: 0, loss: 1, learningRate: 1, gradientNorm: 1 },
  ...{ audioSec: 40, durationMs: 100, waitMs: 10, paddingShare: 0.03, utterances: 8 },
  ...more,
});
const picture = (more: Partial<StepDone>) => {
  const model = reduceAll(createRunModel(), [step(1, more), step(2, more)]);
  const run = { directory: '/r', name: 'r', state: 'done', active: false, color: 'blue', model };
  return speedPictures([run], stringsFor('en'), false);
};

describe('the curves of speed', () => {
  it('stack the parts of a step up to its whole', () => {
    const { split } = picture({ graphMs: 70, updateMs: 15 });
    expect(split!.lines.map(({ label, y, values }) => [label, y[0], values![0]])).toEqual([
      ['wait for data', 10, 10],
      ['forward + backward', 80, 70],
      ['update', 95, 15],
      ['rest', 100, 5],
    ]);
    expect(split!.lines.map(({ fillTo }) => (fillTo === 'zero' ? fillTo : fillTo!.label))).toEqual([
      'zero',
      'wait for data',
      'forward + backward',
      'update',
    ]);
  });

  it('leave out what a run does not measure', () => {
    const { split, loader, queue, throughput } = picture({});
    expect(split!.lines.map(({ label }) => label)).toEqual(['wait for data', 'rest']);
    expect([loader, queue]).toEqual([undefined, undefined]);
    expect(throughput!.lines[0]!.y).toEqual([400, 400]);
  });
});
