import { describe, expect, it } from 'vitest';
import { parseEventLines, renderEvent } from './eventLines.ts';
import type { EngineEvent, Evaluated, StepDone } from './events.ts';
import { createRunModel, reduce, reduceAll } from './runModel.ts';

const step = (n: number, loss = n): StepDone => ({
  kind: 'step',
  step: n,
  timeMs: n,
  epoch: 0,
  loss,
  learningRate: 1,
  gradientNorm: 1,
  audioSec: 1,
  durationMs: 1,
  waitMs: 0,
  paddingShare: 0,
  utterances: 1,
});
const checkpoint = (n: number): EngineEvent => ({
  kind: 'checkpoint',
  step: n,
  timeMs: n,
  epoch: 0,
  path: 'x',
  durationMs: 1,
});
const resumed = (n: number): EngineEvent => ({ kind: 'resumed', step: n, timeMs: n, epoch: 0 });
const evaluated = (n: number, epoch: number, wer: number, best: boolean): Evaluated => ({
  kind: 'evaluated',
  step: n,
  timeMs: n,
  epoch,
  wer,
  cer: wer,
  loss: 1,
  best,
  durationMs: 1,
  samples: [],
});
const steps = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => step(from + i));
const pointsOf = (events: EngineEvent[]) => {
  const model = reduceAll(createRunModel(), events);
  return [...model.history, ...model.recent];
};

describe('reduce', () => {
  it('takes an average of epochs as the best only when it is, until a later epoch is', () => {
    const averaged = (n: number, wer: number, best: boolean): EngineEvent => ({
      kind: 'averaged',
      step: n,
      timeMs: n,
      epochs: [0, 1],
      wer,
      cer: wer,
      loss: 1,
      best,
      durationMs: 1,
      samples: [],
    });
    const epochs = [evaluated(5, 0, 0.5, true), evaluated(10, 1, 0.4, true)];
    const bestOf = (...events: EngineEvent[]) => reduceAll(createRunModel(), [...epochs, ...events]).best;
    expect(bestOf(averaged(10, 0.45, false))).toMatchObject({ epoch: 1, wer: 0.4 });
    expect(bestOf(averaged(10, 0.3, true))).toEqual({ step: 10, wer: 0.3, cer: 0.3 });
    expect(bestOf(averaged(10, 0.3, true), evaluated(15, 2, 0.2, true))).toMatchObject({ epoch: 2, wer: 0.2 });
    expect(bestOf(averaged(10, 0.3, true), resumed(5))).toMatchObject({ epoch: 0, wer: 0.5 });
  });

  it('is paused while a disk without space holds it up, and stays so when the user paused it too', () => {
    const paused = (isPaused: boolean, reason?: 'disk'): EngineEvent => ({
      ...{ kind: 'paused', step: 1, timeMs: 1, paused: isPaused },
      ...(reason ? { reason, message: 'full' } : {}),
    });
    const stateOf = (...events: EngineEvent[]) => {
      const { state, pause } = reduceAll(createRunModel(), events);
      return [state, pause?.reason ?? (pause ? 'user' : undefined)];
    };
    expect(stateOf(paused(true, 'disk'), step(2))).toEqual(['paused', 'disk']);
    expect(stateOf(paused(true, 'disk'), step(2), paused(false, 'disk'))).toEqual(['running', undefined]);
    expect(stateOf(paused(true), paused(true, 'disk'), paused(false, 'disk'))).toEqual(['paused', 'user']);
  });

  it('keeps what guards raised, and drops what a resume supersedes', () => {
    const guard = (n: number): EngineEvent => ({
      kind: 'guard',
      step: n,
      timeMs: n,
      epoch: 0,
      code: 'exploding-norm',
      severity: 'warning',
      message: 'm',
      remedy: 'r',
    });
    const norms = (n: number): EngineEvent => ({
      ...{ kind: 'gradientNorms', step: n, timeMs: n, epoch: 0, steps: 5 },
      ...{ p10: 1, p50: 2, p90: 3, clippedShare: 0.5 },
    });
    const model = reduceAll(createRunModel(), [guard(3), norms(5), guard(8)]);
    expect(model.guards.map((event) => event.step)).toEqual([3, 8]);
    expect(model.gradientNorms.at(-1)).toMatchObject({ p50: 2 });
    const again = reduce(model, resumed(4));
    expect(again.guards.map((event) => event.step)).toEqual([3]);
    expect(again.gradientNorms).toEqual([]);
    expect(model.guards).toHaveLength(2);
  });

  it('counts each step once after a resume, even when a checkpoint is written behind the steps', () => {
    const points = pointsOf([...steps(1, 8), checkpoint(5), ...steps(8, 11), resumed(5), ...steps(6, 14)]);
    expect(points.map(({ firstStep }) => firstStep)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  });

  it('keeps a long run bounded without losing a step or moving the mean', () => {
    const events: EngineEvent[] = [];
    for (let n = 1; n <= 20_000; n++) {
      events.push(step(n));
      if (n % 50 === 0) events.push(checkpoint(n));
    }
    const points = pointsOf(events);
    expect(points.length).toBeLessThanOrEqual(1024 + 50);
    expect(points.reduce((sum, point) => sum + point.steps, 0)).toBe(20_000);
    const mean = points.reduce((sum, point) => sum + point.loss * point.steps, 0) / 20_000;
    expect(mean).toBeCloseTo(10_000.5, 6);
  });

  it('replaces an evaluation made twice and takes back one that a resume superseded', () => {
    const early = evaluated(4, 0, 0.5, true);
    const late = evaluated(8, 1, 0.4, true);
    let model = reduceAll(createRunModel(), [...steps(1, 5), early, checkpoint(4), ...steps(5, 9), late]);
    expect(model.best?.wer).toBe(0.4);
    model = reduceAll(model, [resumed(4), early]);
    expect(model.evaluations).toEqual([early]);
    expect(model.best).toEqual(early);
  });

  it('leaves the model it was given as it was', () => {
    const before = reduceAll(createRunModel(), steps(1, 4));
    const copy = structuredClone(before);
    reduce(before, checkpoint(3));
    reduce(before, resumed(1));
    expect(before).toEqual(copy);
  });

  it('follows the state of a run through pause and end', () => {
    const base = { step: 1, timeMs: 1 };
    let model = reduceAll(createRunModel(), [step(1), { ...base, kind: 'paused', paused: true }]);
    expect(model.state).toBe('paused');
    model = reduceAll(model, [
      { ...base, kind: 'paused', paused: false },
      { ...base, kind: 'finished', reason: 'failed', message: 'full', durationMs: 1 },
    ]);
    expect([model.state, model.message]).toEqual(['failed', 'full']);
    expect(reduce(model, resumed(0)).message).toBeUndefined();
  });
});

describe('parseEventLines', () => {
  it('reads any split of the text like the whole', () => {
    const events = [...steps(1, 5), checkpoint(4)];
    const text = events.map(renderEvent).join('');
    for (let cut = 0; cut <= text.length; cut += 7) {
      const first = parseEventLines(text.slice(0, cut));
      const second = parseEventLines(first.rest + text.slice(cut));
      expect([...first.events, ...second.events]).toEqual(events);
      expect(second.rest).toBe('');
    }
  });

  it('passes over torn lines and kinds of a newer engine, and counts them', () => {
    const { events, unreadable } = parseEventLines(
      `{"kind":"st\n${renderEvent(step(1))}{"kind":"new","step":1,"timeMs":1}\nnull\n`,
    );
    expect(events).toEqual([step(1)]);
    expect(unreadable).toBe(3);
  });
});
