import { describe, expect, it } from 'vitest';
import type { EngineEvent, Evaluated, StepDone } from './events.ts';
import { judgeSpeed, speedFigures } from './judgeSpeed.ts';
import { createRunModel, reduceAll } from './runModel.ts';

const step = (number: number, more: Partial<StepDone> = {}): StepDone => ({
  ...{ kind: 'step', step: number, timeMs: number * 100, epoch: 0, loss: 1, learningRate: 1e-3, gradientNorm: 1 },
  ...{ audioSec: 40, durationMs: 100, waitMs: 1, graphMs: 90, updateMs: 5, featureMs: 20, queue: 2 },
  ...{ paddingShare: 0.03, utterances: 8 },
  ...more,
});
const steps = (count: number, more: Partial<StepDone> = {}) =>
  Array.from({ length: count }, (_, i) => step(i + 1, more));
const evaluated = (durationMs: number): Evaluated => ({
  ...{ kind: 'evaluated', step: 100, timeMs: 1, epoch: 0, wer: 1, cer: 1, loss: 1, best: true, samples: [] },
  durationMs,
});
const judge = (events: EngineEvent[]) => judgeSpeed(reduceAll(createRunModel(), events));
const codes = (events: EngineEvent[]) => judge(events).map(({ code, severity }) => `${code} ${severity}`);

describe('the verdict on speed', () => {
  it('is that the graph is the limit where nothing else takes time', () => {
    expect(codes(steps(100))).toEqual(['graph good']);
    expect(judge(steps(100))[0]!.share).toBeCloseTo(0.9);
  });

  it('waits for enough steps, and leaves the first ones out', () => {
    expect(codes(steps(9))).toEqual(['too-early good']);
    const slowStart = steps(100).map((event) =>
      event.step <= 5 ? { ...event, durationMs: 60_000, waitMs: 59_000 } : event,
    );
    expect(speedFigures(reduceAll(createRunModel(), slowStart))!.stepMs).toBe(100);
  });

  it('tells waiting for busy feature workers from waiting for a disk', () => {
    expect(codes(steps(100, { waitMs: 45, graphMs: 50, featureMs: 95 }))).toEqual(['features problem']);
    expect(codes(steps(100, { waitMs: 15, graphMs: 80, featureMs: 20 }))).toEqual(['loading hint']);
  });

  it('names each other cost from its threshold on', () => {
    expect(codes(steps(100, { paddingShare: 0.18 }))).toEqual(['padding hint']);
    expect(codes([...steps(100), evaluated(10_000)])).toEqual(['evaluation problem']);
    expect(codes(steps(100, { updateMs: 25, graphMs: 70 }))).toEqual(['update hint']);
    expect(codes(steps(100, { graphMs: 40 }))).toEqual(['rest problem']);
    const checkpoint: EngineEvent = {
      ...{ kind: 'checkpoint', step: 100, timeMs: 1, epoch: 0, path: 'checkpoints/last' },
      ...{ durationMs: 900, pauseMs: 500 },
    };
    expect(codes([...steps(100), checkpoint])).toEqual(['checkpoint hint']);
  });

  it('puts the largest first', () => {
    expect(codes(steps(100, { waitMs: 30, graphMs: 60, paddingShare: 0.16 }))).toEqual([
      'loading problem',
      'padding hint',
    ]);
  });

  it('shares add up to all of the time', () => {
    const { shares } = speedFigures(reduceAll(createRunModel(), [...steps(100), evaluated(10_000)]))!;
    const sum = shares.wait + shares.graph! + shares.update! + shares.rest + shares.evaluation + shares.checkpoint;
    expect(sum).toBeCloseTo(1);
    expect(shares.evaluation).toBeCloseTo(0.5);
  });

  it('says nothing of the rest of a step where the graph was not timed', () => {
    const older = steps(50).map(({ graphMs: _graph, updateMs: _update, featureMs: _feature, ...event }) => event);
    expect(codes(older)).toEqual(['graph good']);
    expect(speedFigures(reduceAll(createRunModel(), older))!.shares.graph).toBeUndefined();
  });
});
