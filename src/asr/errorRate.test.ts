import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  alignSequences,
  characterErrorRate,
  characterErrors,
  countErrors,
  errorRate,
  wordErrorRate,
  wordErrors,
} from './errorRate.ts';

test.each([
  ['THE CAT SAT', 'THE CAT SAT', 0, 0, 0],
  ['THE CAT SAT', 'THE BAT SAT', 1, 0, 0],
  ['THE CAT SAT', 'THE SAT', 0, 1, 0],
  ['THE CAT SAT', 'THE CAT SAT DOWN', 0, 0, 1],
  ['THE CAT SAT', '', 0, 3, 0],
  ['', 'A B', 0, 0, 2],
  ['', '', 0, 0, 0],
  // Two errors either way; a match is kept rather than two substitutions made, as sclite does.
  ['A B', 'B C', 0, 1, 1],
  ['A B C D', 'B C D E', 0, 1, 1],
  ['WE WANTED PEOPLE TO KNOW', 'WANTED THE PEOPLE TO NO', 1, 1, 1],
  ['P I T T S B U R G H', 'P I T S B U R G', 0, 2, 0],
  ['ONE TWO', 'TWO ONE', 0, 1, 1],
])('%j heard as %j', (reference, hypothesis, substitutions, deletions, insertions) => {
  const words = reference === '' ? 0 : reference.split(' ').length;
  expect(wordErrors(reference, hypothesis)).toEqual({ substitutions, deletions, insertions, reference: words });
});

test('the alignment says which word went where', () => {
  expect(alignSequences(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
    { kind: 'match', reference: 'a', hypothesis: 'a' },
    { kind: 'substitution', reference: 'b', hypothesis: 'x' },
    { kind: 'match', reference: 'c', hypothesis: 'c' },
    { kind: 'insertion', hypothesis: 'd' },
  ]);
});

test('a set is scored as a whole, not as the mean of its utterances', () => {
  const pairs = [
    { reference: 'A', hypothesis: 'B' },
    { reference: 'A B C', hypothesis: 'A B C' },
  ];
  expect(wordErrorRate(pairs)).toBe(0.25);
  expect(characterErrorRate([{ reference: 'AB C', hypothesis: 'ABC' }])).toBe(0.25);
});

test('characters are code points', () => {
  expect(characterErrors('😀', '😁')).toEqual({ substitutions: 1, deletions: 0, insertions: 0, reference: 1 });
});

test('an empty reference has rate 0 or 1, never a division by zero', () => {
  expect(errorRate(wordErrors('', ''))).toBe(0);
  expect(errorRate(wordErrors('', 'A B'))).toBe(1);
  expect(errorRate(wordErrors('A', 'B C D'))).toBe(3);
});

const units = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });

/** Errors and matches of the best alignment by plain recursion. */
function best(reference: string[], hypothesis: string[]): { errors: number; matches: number } {
  if (reference.length === 0 || hypothesis.length === 0) {
    return { errors: reference.length + hypothesis.length, matches: 0 };
  }
  const [r, ...restR] = reference;
  const [h, ...restH] = hypothesis;
  const both = best(restR, restH);
  const options = [
    r === h ? { errors: both.errors, matches: both.matches + 1 } : { errors: both.errors + 1, matches: both.matches },
    ...[best(restR, hypothesis), best(reference, restH)].map(({ errors, matches }) => ({
      errors: errors + 1,
      matches,
    })),
  ];
  return options.reduce((a, b) => (b.errors < a.errors || (b.errors === a.errors && b.matches > a.matches) ? b : a));
}

test('errors are the fewest possible, and matches the most among those', () => {
  fc.assert(
    fc.property(units, units, (reference, hypothesis) => {
      const pairs = alignSequences(reference, hypothesis);
      const counts = countErrors(pairs);
      const expected = best(reference, hypothesis);
      expect(counts.substitutions + counts.deletions + counts.insertions).toBe(expected.errors);
      expect(pairs.filter(({ kind }) => kind === 'match').length).toBe(expected.matches);
    }),
    { numRuns: 200 },
  );
});

test('an alignment holds both sequences whole and in order', () => {
  fc.assert(
    fc.property(units, units, (reference, hypothesis) => {
      const pairs = alignSequences(reference, hypothesis);
      expect(pairs.flatMap((pair) => (pair.kind === 'insertion' ? [] : [pair.reference]))).toEqual(reference);
      expect(pairs.flatMap((pair) => (pair.kind === 'deletion' ? [] : [pair.hypothesis]))).toEqual(hypothesis);
      expect(countErrors(pairs).reference).toBe(reference.length);
    }),
  );
});

test('swapping the two sides swaps insertions and deletions', () => {
  fc.assert(
    fc.property(units, units, (a, b) => {
      const there = countErrors(alignSequences(a, b));
      const back = countErrors(alignSequences(b, a));
      expect([back.substitutions, back.deletions, back.insertions]).toEqual([
        there.substitutions,
        there.insertions,
        there.deletions,
      ]);
    }),
  );
});
