import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dealGroups } from './dealGroups.ts';

test('two ranks take turns by as many batches as each accumulates, the last step what is left', () => {
  const ofRank = (rank: number) => dealGroups(7, 1, 2, { rank, count: 2 });
  expect(ofRank(0)).toEqual([
    { own: [1, 2], end: 5 },
    { own: [5, 6], end: 7 },
  ]);
  expect(ofRank(1)).toEqual([
    { own: [3, 4], end: 5 },
    { own: [], end: 7 },
  ]);
});

test('together the ranks take the steps of one rank that accumulates as many times more', () => {
  const sizes = fc.record({
    batches: fc.nat(40),
    start: fc.nat(40),
    accumulate: fc.integer({ min: 1, max: 4 }),
    count: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(sizes, ({ batches, start, accumulate, count }) => {
      const whole = dealGroups(batches, start, accumulate * count, { rank: 0, count: 1 });
      const parts = Array.from({ length: count }, (_, rank) => dealGroups(batches, start, accumulate, { rank, count }));
      expect(parts.map((groups) => groups.map(({ end }) => end))).toEqual(parts.map(() => whole.map(({ end }) => end)));
      for (const [step, { own }] of whole.entries()) expect(parts.flatMap((groups) => groups[step]!.own)).toEqual(own);
    }),
  );
});
