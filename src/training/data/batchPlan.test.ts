import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingsFolder } from '../../../test/recordings.ts';
import { createRandom } from '../../shared/random.ts';
import { type BatchRules, createBatchPlanner, type PlannedExample } from './batchPlan.ts';

const random = createRandom('lengths');
/** Lengths as of a real corpus: many short, few long. */
const examples: PlannedExample[] = Array.from({ length: 800 }, () => {
  const frames = Math.round(60 + 700 * random.next() ** 2);
  return { shortestFrames: Math.floor(frames / 1.1), longestFrames: Math.ceil(frames / 0.9), tokens: frames >> 3 };
});
const rules: BatchRules = {
  seed: 1,
  batchFrames: 4000,
  frameStep: 4,
  framesOf: (index, epoch) => {
    const { shortestFrames, longestFrames } = examples[index]!;
    return createRandom(index, epoch).below(2) ? shortestFrames : longestFrames;
  },
};
const planner = createBatchPlanner(examples, rules);

describe('createBatchPlanner', () => {
  it('takes every example once in every epoch and fits it into its shape', () => {
    for (const epoch of [0, 1, 2]) {
      const plan = planner.planEpoch(epoch);
      const members = plan.flatMap((batch) => batch.members);
      expect(members.sort((a, b) => a - b)).toEqual(examples.map((_, i) => i));
      for (const { shape, members: own } of plan) {
        expect(own.length).toBeLessThanOrEqual(shape.rows);
        expect(shape.rows * shape.frames).toBeLessThanOrEqual(rules.batchFrames);
        expect(shape.frames % rules.frameStep).toBe(0);
        for (const member of own) {
          expect(rules.framesOf(member, epoch)).toBeLessThanOrEqual(shape.frames);
          expect(examples[member]!.tokens).toBeLessThanOrEqual(shape.maxTokens);
        }
      }
    }
  });

  it('wastes at most 5 % on padding and needs few shapes', () => {
    let padded = 0;
    let total = 0;
    const shapes = new Set<string>();
    for (let epoch = 0; epoch < 20; epoch++)
      for (const { shape, members } of planner.planEpoch(epoch)) {
        shapes.add(JSON.stringify(shape));
        total += shape.rows * shape.frames;
        padded += shape.rows * shape.frames - members.reduce((sum, member) => sum + rules.framesOf(member, epoch), 0);
      }
    expect(padded / total).toBeLessThan(0.05);
    expect(shapes.size).toBeLessThan(64);
  });

  it('keeps batches of neighbouring lengths together for devices that take several at once', () => {
    const four = createBatchPlanner(examples, { ...rules, together: 4 });
    const plan = four.planEpoch(3);
    const alone = planner.planEpoch(3);
    const byMembers = (batches: typeof plan) => batches.map(({ members }) => members.join()).sort();
    expect(byMembers(plan)).toEqual(byMembers(alone));
    const spread = (batches: typeof plan) => {
      const runs = batches.flatMap((_, i) => (i % 4 === 0 && i + 4 <= batches.length ? [batches.slice(i, i + 4)] : []));
      const widths = runs.map(
        (run) => Math.max(...run.map((b) => b.shape.frames)) / Math.min(...run.map((b) => b.shape.frames)),
      );
      return widths.sort((a, b) => a - b)[widths.length >> 1]!;
    };
    expect(spread(plan)).toBeLessThan(1.3);
    expect(spread(alone)).toBeGreaterThan(1.5);
    const frames = plan.map(({ shape }) => shape.frames);
    expect(frames).not.toEqual([...frames].sort((a, b) => a - b));
  });

  it('begins with the shortest and shuffles afterwards, the same for the same seed', () => {
    const first = planner.planEpoch(0).map(({ shape }) => shape.frames);
    expect(first).toEqual([...first].sort((a, b) => a - b));
    const second = planner.planEpoch(1).map(({ shape }) => shape.frames);
    expect(second).not.toEqual([...second].sort((a, b) => a - b));
    expect(createBatchPlanner(examples, rules).planEpoch(7)).toEqual(planner.planEpoch(7));
    expect(createBatchPlanner(examples, { ...rules, seed: 2 }).planEpoch(7)).not.toEqual(planner.planEpoch(7));
    expect(planner.planEpoch(8)).not.toEqual(planner.planEpoch(7));
  });

  it('gives an example longer than a batch a batch of its own, and plans nothing for nothing', () => {
    const long = { shortestFrames: 9000, longestFrames: 9000, tokens: 5 };
    const single = createBatchPlanner([long, long], { ...rules, framesOf: () => 9000 }).planEpoch(1);
    expect(single.map(({ shape, members }) => [shape.rows, shape.frames, members.length])).toEqual([
      [1, 9000, 1],
      [1, 9000, 1],
    ]);
    expect(createBatchPlanner([], rules).planEpoch(0)).toEqual([]);
  });
});

/** A corpus of so many seconds each, at a hop of 10 ms, three speeds and a time stride of 4. */
function measurePadding(seconds: readonly number[], batchSeconds: number, epochs: number) {
  const speeds = [0.9, 1, 1.1];
  const framesAt = (sec: number, speed: number) => 1 + Math.floor((100 * sec) / speed);
  const corpus = seconds.map((sec) => ({
    shortestFrames: framesAt(sec, 1.1),
    longestFrames: framesAt(sec, 0.9),
    tokens: Math.round(14 * sec),
  }));
  const framesOf = (index: number, epoch: number) =>
    framesAt(seconds[index]!, speeds[createRandom(index, epoch).below(3)]!);
  const own = createBatchPlanner(corpus, { seed: 1, batchFrames: 100 * batchSeconds, frameStep: 4, framesOf });
  let valid = 0;
  let total = 0;
  const shapes = new Set<string>();
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const { shape, members } of own.planEpoch(epoch)) {
      total += shape.rows * shape.frames;
      valid += members.reduce((sum, member) => sum + framesOf(member, epoch), 0);
      shapes.add(JSON.stringify(shape));
    }
  return { padding: 1 - valid / total, shapes: shapes.size };
}

/** Most of LibriSpeech's train-clean-100 lasts 12 to 16 s; a tail reaches down to 1.4 s, a few are longer, up to 20 s. */
function librispeechLengths(utterances: number): number[] {
  const random = createRandom('librispeech lengths');
  return Array.from({ length: utterances }, () => {
    const kind = random.next();
    if (kind < 0.15) return 1.4 + 8.6 * Math.sqrt(random.next());
    if (kind < 0.93) return 10 + 6.5 * random.next() ** 0.45;
    return 16.5 + 3.5 * random.next() ** 2;
  });
}

describe('padding is at most 5 % of the frames', () => {
  it.each([
    [5000, 20],
    [5000, 40],
    [600, 80],
    [5000, 160],
  ])('of %i utterances as long as in LibriSpeech, %i s per batch', (utterances, batchSeconds) => {
    const { padding, shapes } = measurePadding(librispeechLengths(utterances), batchSeconds, 3);
    expect(padding).toBeLessThan(0.05);
    expect(shapes).toBeLessThan(64);
  });

  const folder = recordingsFolder();
  it.skipIf(!folder).each([20, 40])('of AN4, %i s per batch', (batchSeconds) => {
    const lines = readFileSync(join(folder!, 'an4/train.jsonl'), 'utf8').trim().split('\n');
    const seconds = lines.map((line) => (JSON.parse(line) as { duration: number }).duration);
    const { padding, shapes } = measurePadding(seconds, batchSeconds, 20);
    expect(padding).toBeLessThan(0.05);
    expect(shapes).toBeLessThan(64);
  });
});
