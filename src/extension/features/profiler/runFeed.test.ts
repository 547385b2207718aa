import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunUpdate } from '../../../shared/protocol/profiler.ts';
import type { EngineEvent } from '../../../shared/run/events.ts';
import { createRunModel, type RunModel, reduceAll } from '../../../shared/run/runModel.ts';
import { createRunFeed, type FedRun } from './runFeed.ts';

const step = (number: number): EngineEvent => ({
  ...{ kind: 'step', step: number, timeMs: number, epoch: 0, loss: 1, learningRate: 1, gradientNorm: 1 },
  ...{ audioSec: 1, durationMs: 1, waitMs: 0, paddingShare: 0, utterances: 1 },
});
const fed = (model: RunModel): FedRun => ({ directory: '/r', name: 'r', state: 'running', active: true, model });

describe('what a page is told of runs', () => {
  let visible: boolean;
  let sent: RunUpdate[][];
  let reopened: number;
  const create = () =>
    createRunFeed({
      visible: () => visible,
      append: (updates) => sent.push(updates),
      reopen: () => reopened++,
    });
  beforeEach(() => {
    vi.useFakeTimers();
    [visible, sent, reopened] = [true, [], 0];
  });
  afterEach(() => vi.useRealTimers());

  it('adds up on the page to the model of the host, at most ten messages a second', () => {
    const feed = create();
    let model = reduceAll(createRunModel(), [step(1)]);
    let page = feed.open([fed(model)])[0]!.model;
    for (let i = 2; i <= 101; i++) {
      const events = [step(i)];
      model = reduceAll(model, events);
      feed.take(fed(model), events, false);
      vi.advanceTimersByTime(20);
    }
    vi.advanceTimersByTime(200);
    for (const [update] of sent) page = reduceAll(page, update!.events);
    expect(page).toEqual(model);
    expect(sent.length).toBeLessThanOrEqual(21);
    expect(sent.length).toBeGreaterThan(5);
  });

  it('does not repeat what the opened model has', () => {
    const feed = create();
    const events = [step(1)];
    const model = reduceAll(createRunModel(), events);
    // The log was read just before the page opened, and the change is told just after.
    feed.open([fed(model)]);
    feed.take(fed(model), events, false);
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([[{ directory: '/r', state: 'running', active: true, events: [] }]]);
  });

  it('tells a hidden page nothing, and nothing before it has opened again', () => {
    const feed = create();
    const model = createRunModel();
    feed.open([fed(model)]);
    visible = false;
    for (let i = 0; i < 50; i++) feed.take(fed(reduceAll(model, [step(i)])), [step(i)], false);
    vi.advanceTimersByTime(10_000);
    visible = true;
    feed.take(fed(model), [step(60)], false);
    vi.advanceTimersByTime(1000);
    expect([sent, reopened]).toEqual([[], 0]);
  });

  it('has the page open again after more than it could append', () => {
    const feed = create();
    const events = Array.from({ length: 2000 }, (_, i) => step(i + 1));
    feed.open([fed(createRunModel())]);
    feed.take(fed(reduceAll(createRunModel(), events)), events, false);
    vi.advanceTimersByTime(1000);
    feed.open([fed(createRunModel())]);
    feed.take(fed(createRunModel()), [], true);
    expect([sent, reopened]).toEqual([[], 2]);
  });
});
