import { describe, expect, it } from 'vitest';
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
