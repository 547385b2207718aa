import { describe, expect, it } from 'vitest';
import type { EngineEvent, StepDone } from '../../../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../../../src/shared/run/runModel.ts';
import type { ShownRun } from '../section.ts';
import { stringsFor } from '../strings.ts';
import { learningPictures, type PictureOptions } from './pictures.ts';
import { smooth } from './smooth.ts';

const step = (number: number, more: Partial<StepDone> = {}): StepDone => ({
  ...{ kind: 'step', step: number, timeMs: number * 1000, epoch: 0, loss: 10 / number, learningRate: 1e-3 },
  ...{ gradientNorm: 2, audioSec: 40, durationMs: 100, waitMs: 1, paddingShare: 0.03, utterances: 8 },
  ...more,
});
const started: EngineEvent = {
  ...{ kind: 'started', step: 0, timeMs: 0, epochs: 10, totalSteps: 100, parameters: 1, device: 'cpu', threads: 2 },
  ...{ trainUtterances: 80, trainSec: 400, devUtterances: 8, skippedUtterances: 0, clipNorm: 1 },
};
const evaluated: EngineEvent = {
  ...{ kind: 'evaluated', step: 10, timeMs: 11_000, epoch: 0, wer: 0.5, cer: 0.2, loss: 1.5, best: true },
  ...{ durationMs: 100, samples: [] },
};
const shown = (events: EngineEvent[], more: Partial<ShownRun> = {}): ShownRun => ({
  ...{ directory: '/r', name: 'digits', state: 'running', active: true, color: 'blue' },
  model: reduceAll(createRunModel(), [started, ...events]),
  ...more,
});
const options: PictureOptions = {
  state: { xAxis: 'step', log: false, smoothing: 0 },
  text: stringsFor('en'),
  colors: { light: false, warning: 'w', error: 'e', best: 'b', muted: 'm' },
};
const steps = Array.from({ length: 10 }, (_, i) => step(i + 1));

describe('the curves of learning', () => {
  it('has the numbers of the events', () => {
    const { loss, errors } = learningPictures([shown([...steps, evaluated])], options);
    expect(loss!.lines[0]).toMatchObject({ x: steps.map((one) => one.step), y: steps.map((one) => one.loss) });
    expect(loss!.lines.map(({ label }) => label)).toEqual(['training', 'dev']);
    expect(errors!.lines.map(({ label, x, y }) => [label, x, y])).toEqual([
      ['WER', [10], [0.5]],
      ['CER', [10], [0.2]],
    ]);
  });

  it('measures x in steps, epochs or time; a wall clock that jumps back does not turn the curve', () => {
    const at = (xAxis: 'epoch' | 'time', events = steps) =>
      learningPictures([shown(events)], { ...options, state: { ...options.state, xAxis } }).loss!.lines[0]!.x;
    expect(at('epoch').at(-1)).toBe(1);
    expect(at('time').at(-1)).toBe(10);
    expect(at('time', [step(1), step(2, { timeMs: -5000 }), step(3)])).toEqual([1, 1, 3]);
  });

  it('keeps the noise behind a smoothed curve', () => {
    const { loss } = learningPictures([shown(steps)], { ...options, state: { ...options.state, smoothing: 0.5 } });
    expect(loss!.lines.map(({ quiet }) => quiet ?? false)).toEqual([true, false]);
    expect(loss!.lines[1]!.y).toEqual(
      smooth(
        steps.map((one) => one.loss),
        0.5,
      ),
    );
  });

  it('marks guards, skipped batches and the best epoch of the run in focus', () => {
    const skipped: EngineEvent = {
      ...{ kind: 'batchSkipped', step: 4, timeMs: 4, epoch: 0, reason: 'nonFinite', utterances: ['a'] },
    };
    const guard: EngineEvent = {
      ...{ kind: 'guard', step: 6, timeMs: 6, epoch: 0, code: 'exploding-norm', severity: 'warning' },
      ...{ message: 'the norm explodes', remedy: 'lower the rate' },
    };
    const focus = shown([...steps, skipped, guard, evaluated]);
    const { loss } = learningPictures([focus, shown(steps, { name: 'other' })], options);
    expect(loss!.marks!.map(({ x, symbol }) => [x, symbol])).toEqual([
      [4, 'cross'],
      [6, 'triangle'],
      [10, 'star'],
    ]);
  });

  it('names the lines of several runs by their runs, in their colours', () => {
    const runs = [shown(steps, { color: 'blue' }), shown(steps, { name: 'other', color: 'orange' })];
    const { loss } = learningPictures(runs, options);
    expect(loss!.lines.map(({ label, color }) => [label, color])).toEqual([
      ['digits training', 'blue'],
      ['other training', 'orange'],
    ]);
  });

  it('shows the parts of a joint loss, the loss scale, the band and the clip line where there are such', () => {
    const joint = steps.map((one) => ({ ...one, components: { ctc: 2, attention: 1 }, lossScale: 1024 }));
    const norms: EngineEvent = {
      ...{ kind: 'gradientNorms', step: 10, timeMs: 10, epoch: 0, steps: 10, p10: 1, p50: 2, p90: 3 },
      clippedShare: 1,
    };
    const { loss, gradient, lossScale } = learningPictures([shown([...joint, norms])], options);
    expect(loss!.lines.map(({ label }) => label)).toEqual(['training', 'CTC', 'attention']);
    expect(lossScale!.lines[0]!.y[0]).toBe(1024);
    expect(gradient!.lines.map(({ label }) => label)).toEqual(['norm', 'p10', 'median', 'p90']);
    expect(gradient!.lines.find(({ label }) => label === 'p90')!.fillTo).toMatchObject({ label: 'p10' });
    expect(gradient!.levels).toMatchObject([{ y: 1, label: 'clip 1' }]);
    expect(learningPictures([shown(steps)], options).lossScale).toBeUndefined();
  });
});

describe('smoothing', () => {
  it('begins at the first value and keeps gaps', () => {
    expect(smooth([4, null, 4], 0.9)).toEqual([4, null, 4]);
    const [first, second] = smooth([0, 1], 0.5);
    expect([first, second]).toEqual([0, 0.5 / 0.75]);
  });
});
