import { describe, expect, it } from 'vitest';
import { experimentSchema } from '../shared/config/schema.ts';
import { createRandom } from '../shared/random.ts';
import type { BatchUtterance } from '../shared/run/batchLines.ts';
import { createGuards, freshGuardMemory, type GuardMemory, type Guards } from './guards.ts';
import { freshProgress, restoredProgress } from './runState.ts';

const open = (config: Record<string, unknown> = {}, memory = freshGuardMemory()) =>
  createGuards(experimentSchema.parse({ data: { train: ['x'] }, ...config }), 1000, memory);
const codes = (findings: { code: string }[]) => findings.map(({ code }) => code);
const done = (gradientNorm: number, loss = 1, utterances: BatchUtterance[] = []) => ({
  gradientNorm,
  loss,
  utterances,
});
const steps = (guards: Guards, norms: number[]) => codes(norms.flatMap((norm) => guards.stepDone(done(norm))));
const calm = Array.from({ length: 30 }, (_, i) => 1 + (i % 3) / 10);

describe('exploding norm', () => {
  it('is raised once per episode, against the recent median', () => {
    const guards = open();
    expect(steps(guards, calm)).toEqual([]);
    const [finding] = guards.stepDone(done(50));
    expect(finding).toMatchObject({ code: 'exploding-norm', severity: 'warning' });
    expect(finding!.message).toContain('the gradient norm is 50.0, 45 times its recent median (1.10)');
    expect(steps(guards, [60, ...calm.slice(0, 5), 70])).toEqual([]);
    expect(steps(guards, [...calm, 80])).toEqual(['exploding-norm']);
  });

  it('takes spikes of a few times the median, and large norms at the start, as they are', () => {
    expect(steps(open(), [500, 100, 900, ...calm, 9])).toEqual([]);
  });

  it('goes on as remembered', () => {
    const memory = freshGuardMemory();
    steps(open({}, memory), [...calm, 50]);
    const resumed = open({}, structuredClone(memory));
    expect(steps(resumed, [50])).toEqual([]);
    expect(steps(resumed, [...calm, 50])).toEqual(['exploding-norm']);
  });
});

describe('loss spike', () => {
  const random = createRandom('spike');
  /** Four utterances whose losses are `perToken` for each token, give or take a third. */
  const taken = (perToken: number, wrong = perToken): BatchUtterance[] =>
    [12, 20, 31, 44].map((tokens, i) => ({
      ...{ audioFilepath: `${i}.wav`, manifest: '/m.jsonl', line: i + 1, durationSec: 1, frames: 100, tokens },
      loss: tokens * (i === 2 ? wrong : perToken) * (0.7 + 0.6 * random.next()),
    }));
  const stepOf = (utterances: BatchUtterance[]) =>
    done(1, utterances.reduce((sum, { loss }) => sum + loss!, 0) / utterances.length, utterances);
  const train = (guards: Guards, count: number, perToken: (step: number) => number) =>
    codes(Array.from({ length: count }, (_, i) => guards.stepDone(stepOf(taken(perToken(i))))).flat());

  it('is raised once per episode, and names the utterances behind most of the gradient', () => {
    const guards = open();
    expect(train(guards, 60, () => 0.1)).toEqual([]);
    const shares = [0.1, 0.2, 0.65, 0.05];
    const spike = stepOf(taken(0.1, 4).map((each, i) => ({ ...each, gradientShare: shares[i]! })));
    const [finding] = guards.stepDone(spike);
    expect(finding).toMatchObject({ code: 'loss-spike', severity: 'warning', utterances: ['2.wav'] });
    expect(finding!.message).toMatch(
      /per output token \d+(\.\d)? times the recent median; most of it is of 2\.wav \(65 % of the gradient\)/,
    );
    expect(guards.stepDone(spike)).toEqual([]);
    train(guards, 25, () => 0.1);
    expect(codes(guards.stepDone(spike))).toEqual(['loss-spike']);
  });

  it('is not one at the start, of a model that is sure already, or where losses differ as much all along', () => {
    const early = open();
    train(early, 20, () => 0.1);
    expect(train(early, 1, () => 5)).toEqual([]);
    const sure = open();
    train(sure, 100, () => 0.001);
    expect(train(sure, 1, () => 0.1)).toEqual([]);
    const restless = open();
    expect(train(restless, 300, () => 0.2 * Math.exp(1.2 * random.normal()))).toEqual([]);
  });

  it('is not one where the loss falls from its start, or the learning rate restarts', () => {
    const falling = open();
    expect(train(falling, 400, (step) => 4 * Math.exp(-step / 60) + 0.05)).toEqual([]);
    expect(train(falling, 100, (step) => 0.05 + 0.1 * Math.min(1, step / 20))).toEqual([]);
  });

  it('remembers the steps before a resume, and does without them where an older version kept none', () => {
    const memory = freshGuardMemory();
    train(open({}, memory), 60, () => 0.1);
    expect(train(open({}, structuredClone(memory)), 1, () => 5)).toEqual(['loss-spike']);
    const { losses: _, ...older } = freshGuardMemory();
    const progress = restoredProgress({ ...freshProgress(), guards: older as GuardMemory });
    expect(train(open({}, progress.guards), 60, () => 0.1)).toEqual([]);
  });
});

it('a step that is not finite is told with its utterances, once per episode', () => {
  const guards = open();
  expect(guards.nonFinite(['a.wav'])).toMatchObject([{ code: 'non-finite', utterances: ['a.wav'] }]);
  expect(guards.nonFinite(['b.wav'])).toEqual([]);
  steps(guards, calm);
  expect(codes(guards.nonFinite(['b.wav']))).toEqual(['non-finite']);
});

describe('blank collapse', () => {
  const blank = (count: number) => Array.from({ length: count }, () => '');
  const ended = (step: number, hypotheses: string[]) => ({ epoch: 0, step, trainLoss: 1, hypotheses });

  it('is raised when nothing is recognised past the warm-up', () => {
    const guards = open();
    expect(guards.epochEnded(ended(100, blank(30)))).toEqual([]);
    expect(guards.epochEnded(ended(300, blank(12)))).toEqual([]);
    const [finding] = guards.epochEnded(ended(400, blank(12)));
    expect(finding).toMatchObject({ code: 'blank-collapse' });
    expect(finding!.message).toContain('24 evaluated utterances in a row');
    expect(guards.epochEnded(ended(500, blank(12)))).toEqual([]);
    guards.epochEnded(ended(600, ['a', ...blank(11)]));
    expect(codes(guards.epochEnded(ended(700, blank(30))))).toEqual(['blank-collapse']);
  });

  it('waits for a longer warm-up', () => {
    const guards = open({ schedule: { type: 'warmup', warmupFraction: 0.5 } });
    expect(guards.epochEnded(ended(400, blank(30)))).toEqual([]);
    expect(codes(guards.epochEnded(ended(500, blank(30))))).toEqual(['blank-collapse']);
  });

  it('is not raised by some words, or without a dev set', () => {
    expect(open().epochEnded(ended(500, [...blank(100), 'a']))).toEqual([]);
    expect(open().epochEnded({ epoch: 0, step: 500, trainLoss: 1 })).toEqual([]);
  });
});

describe('loss not falling', () => {
  const losses = (guards: Guards, values: number[]) =>
    values.flatMap((trainLoss, epoch) =>
      guards.epochEnded({ epoch, step: 100 * (epoch + 1), trainLoss }).map(({ code }) => `${code} ${epoch}`),
    );

  it('is raised when epochs go by without a lower loss', () => {
    expect(losses(open(), [20, 19.8, 20.1, 19.9, 20])).toEqual(['loss-not-falling 2']);
  });

  it('is raised when the loss rises for two epochs, and again after it fell', () => {
    expect(losses(open(), [20, 5, 8, 9, 10, 4, 9, 9])).toEqual(['loss-not-falling 3', 'loss-not-falling 7']);
  });

  it('is not raised by a slow or noisy fall', () => {
    expect(losses(open(), [20, 18, 19, 17, 17.5, 17, 17, 17])).toEqual([]);
    expect(losses(open(), [20, 5, 8, 5, 8, 5])).toEqual([]);
  });

  it('is not raised by the rise after a warm restart', () => {
    const schedule = { type: 'cosineWarmRestarts', t0Epochs: 2, tMult: 4 };
    const values = [20, 5, 9, 9, 8, 5, 4];
    expect(losses(open({ schedule }), values)).toEqual([]);
    expect(losses(open(), values)).toEqual(['loss-not-falling 3']);
  });
});

describe('warm restarts', () => {
  const guards = open({ schedule: { type: 'cosineWarmRestarts', t0Epochs: 10, tMult: 2 } });

  it('are announced when they happen, with the end of the cycle', () => {
    const restarts = Array.from({ length: 71 }, (_, epoch) => epoch).filter(
      (epoch) => guards.epochBegins(epoch, 0.001).length > 0,
    );
    expect(restarts).toEqual([10, 30, 70]);
    const [finding] = guards.epochBegins(30, 0.001);
    expect(finding).toMatchObject({ code: 'warm-restart', severity: 'info' });
    expect(finding!.remedy).toContain('after epoch 70');
    expect(open().epochBegins(10, 0.001)).toEqual([]);
  });

  it('that training does not end with are told at the end', () => {
    const [finding] = guards.trainingEnds(50);
    expect(finding).toMatchObject({ code: 'restart-phase' });
    expect(finding!.remedy).toContain('training.epochs=70');
    expect(guards.trainingEnds(70)).toEqual([]);
    expect(open().trainingEnds(50)).toEqual([]);
  });
});

it('summarises the norms since it was last asked', () => {
  const guards = open();
  expect(guards.takeNorms()).toBeUndefined();
  steps(guards, [1, 2, 3]);
  expect(guards.takeNorms()).toMatchObject({ steps: 3, p50: 2 });
  steps(guards, [7]);
  expect(guards.takeNorms()).toMatchObject({ steps: 1, p50: 7, clippedShare: 1 });
});
